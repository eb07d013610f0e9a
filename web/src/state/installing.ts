import { signal } from '@preact/signals';

/** How the browser asks whether somebody wants to install the page (WICG `BeforeInstallPromptEvent`). */
interface InstallPrompt extends Event {
  prompt(): Promise<{ readonly outcome: 'accepted' | 'dismissed' }>;
}

/** Set while the browser would ask. It says so once, and early. */
export const installPrompt = signal<InstallPrompt | null>(null);

/** Keeps the browser from asking by itself. */
export function watchInstalling(): void {
  addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault();
    installPrompt.value = event as InstallPrompt;
  });
}
