import type { AnswerSigner, ProviderKeys } from '../../modules/fasp/index.ts';

/** Signatures of messages between this server and its auxiliary services, as far as the HTTP side needs them. */
export interface FaspDoor {
  /** The accepted provider who signed a request, or why it proves nothing. */
  whoSigned(request: {
    readonly method: string;
    /** As it stood in the request line. */
    readonly path: string;
    readonly rawHeaders: readonly string[];
    readonly body: Buffer;
  }): Promise<{ readonly provider: ProviderKeys } | { readonly error: string }>;
  /** Headers that sign an answer. */
  signAnswer(
    answer: { readonly status: number; readonly body: string },
    by: AnswerSigner,
  ): Record<string, string>;
}
