// Signs in with a passkey on the page that lets an app in. Shown where the browser has passkeys; all else works without.

/** @param {string} text base64url */
const bytesOf = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (sign) => sign.charCodeAt(0));

/** @param {ArrayBuffer} bytes */
const textOf = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '');

/** Asks the server, then the browser. Throws where either says no. */
async function ask() {
  const begun = await fetch('/api/v1/passkeys/sign_in_options', { method: 'POST' });
  if (!begun.ok) throw new Error('The server refused.');
  const { challenge, rpId, timeout, userVerification } = await begun.json();
  const publicKey = { challenge: bytesOf(challenge), rpId, timeout, userVerification };
  const credential = await navigator.credentials.get({ publicKey });
  if (!(credential instanceof PublicKeyCredential)) throw new Error('There is no passkey.');
  const { id, rawId, type, response } = credential;
  if (!(response instanceof AuthenticatorAssertionResponse)) throw new Error('The passkey signed nothing.');
  const { clientDataJSON, authenticatorData, signature, userHandle } = response;
  return {
    ...{ id, rawId: textOf(rawId), type },
    response: {
      clientDataJSON: textOf(clientDataJSON),
      authenticatorData: textOf(authenticatorData),
      signature: textOf(signature),
      ...(userHandle ? { userHandle: textOf(userHandle) } : {}),
    },
  };
}

/** @param {HTMLFormElement} form */
function offer(form) {
  const problem = form.querySelector('p');
  const answer = form.elements.namedItem('assertion');
  let isBusy = false;
  form.hidden = false;
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (isBusy || !problem || !(answer instanceof HTMLInputElement)) return;
    isBusy = true;
    problem.hidden = true;
    try {
      answer.value = JSON.stringify(await ask());
      form.submit();
    } catch {
      // Whether somebody changed their mind or has no passkey, browsers do not tell.
      problem.hidden = false;
      isBusy = false;
    }
  });
}

const form = document.getElementById('passkey');
if (form instanceof HTMLFormElement && 'PublicKeyCredential' in window) offer(form);
