import { learnStaffWords } from '../i18n/learn-staff.ts';
import { AdminPage } from './admin-page.tsx';

/** The pages for the staff, once their words are there. */
export async function openAdmin(): Promise<typeof AdminPage> {
  await learnStaffWords();
  return AdminPage;
}
