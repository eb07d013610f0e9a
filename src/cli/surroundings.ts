/** Where answers come from: a terminal, or another program. */
export type Stdin = NodeJS.ReadableStream & { readonly isTTY?: boolean };

/** Where a command runs: by default in this process, as it was started. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Pick<NodeJS.WritableStream, 'write'>;
  readonly stderr: Pick<NodeJS.WritableStream, 'write'>;
  /** Default: that of this process. */
  readonly stdin?: Stdin;
}
