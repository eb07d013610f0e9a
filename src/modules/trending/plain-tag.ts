/**
 * The form by which trends put spellings of a hashtag together: small letters, and Latin and Greek letters without their marks.
 * Marks of other scripts are letters of their own and stay.
 */
export function plainTag(tag: string): string {
  return tag
    .normalize('NFKC')
    .toLowerCase()
    .normalize('NFD')
    .replace(/([\p{Script=Latin}\p{Script=Greek}])[\u0300-\u036f]+/gu, '$1')
    .normalize('NFC');
}
