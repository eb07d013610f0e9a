/** What the address names behind the page: `/admin/PAGE/ID`. Nothing for the list of its things. */
export interface AdminPageProps {
  readonly id: string | undefined;
}
