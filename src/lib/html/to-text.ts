/** What is read in HTML that is safe to show. */
export function textOfHtml(html: string): string {
  return html
    .replace(/<\/?(?:p|br|div|li|blockquote)\b[^>]*>/g, ' ')
    .replace(/<[^>]*>/g, '')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&');
}
