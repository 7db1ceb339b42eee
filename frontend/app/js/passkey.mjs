// Passkeys (W3C Web Authentication): a form with `data-passkey` asks the portal what to ask the device, asks the
// device, and is sent with its answer. A file of its own, for two pages of staff alone. Where a browser has no
// passkeys nothing here does anything: the form stays hidden, and the sentence beside it says so.

const bytes = (text) => {
  const plain = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
};
const text = (buffer) => {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
};

const listed = (keys = []) => keys.map((key) => ({ ...key, id: bytes(key.id) }));

/** What the device is handed: the same with bytes in place of text. */
function read({ publicKey }) {
  const options = { ...publicKey, challenge: bytes(publicKey.challenge) };
  if (options.user) options.user = { ...options.user, id: bytes(options.user.id) };
  if (options.excludeCredentials) options.excludeCredentials = listed(options.excludeCredentials);
  if (options.allowCredentials) options.allowCredentials = listed(options.allowCredentials);
  return { publicKey: options };
}

/** What the device answered, as text. */
function written({ id, rawId, type, response }) {
  const names = ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle'];
  const parts = names.filter((name) => response[name]).map((name) => [name, text(response[name])]);
  return JSON.stringify({ id, rawId: text(rawId), type, response: Object.fromEntries(parts), extensions: {} });
}

function wake(form) {
  const said = form.querySelector('[role=alert]');
  const button = form.querySelector('button');
  const { challenge, credential } = form.elements;
  const { passkey, ask, cancelled, known, failed, again } = form.dataset;

  const show = (sentence) => {
    said.textContent = sentence;
    said.hidden = !sentence;
  };

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    show('');
    try {
      const answer = await fetch(ask, { method: 'POST', body: new URLSearchParams() });
      // Signed out, or signed in too long ago: the page itself says what to do, unless something was typed, which
      // would be lost with it.
      if (answer.status === 401 || answer.status === 409) {
        if (!form.elements.passkey?.value) return location.reload();
        show(again);
        button.disabled = false;
        return;
      }
      if (!answer.ok) throw new Error(`${ask}: ${answer.status}`);
      const asked = await answer.json();
      const made = await navigator.credentials[passkey](read(asked.options));
      [challenge.value, credential.value] = [asked.challenge, written(made)];
      form.submit();
    } catch (fault) {
      const sentence = { NotAllowedError: cancelled, AbortError: cancelled, InvalidStateError: known }[fault.name];
      show(sentence ?? failed);
      if (!sentence) console.warn(fault);
      button.disabled = false;
    }
  });

  // On a page that comes back by the way back, an answer is none to what is asked next.
  addEventListener('pageshow', () => {
    [challenge.value, credential.value] = ['', ''];
    button.disabled = false;
  });
  form.parentElement.querySelector('.passkey-none').hidden = true;
  form.hidden = false;
}

if (globalThis.PublicKeyCredential && navigator.credentials) {
  for (const form of document.querySelectorAll('form[data-passkey]')) wake(form);
}
