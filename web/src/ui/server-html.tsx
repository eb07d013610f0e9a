/**
 * The only place where HTML of the server is put into the page. It is for `content`, `note` and the values of `fields`,
 * which the server has sanitised (security.md W1).
 */
export function ServerHtml({ html, class: className }: { html: string; class?: string | undefined }) {
  return <div class={className} dir="auto" dangerouslySetInnerHTML={{ __html: html }} />;
}
