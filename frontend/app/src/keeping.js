// The form of a service in a visit is kept as somebody types (desk D4): two seconds after a key at the latest, one save
// after the other. Without this script it is kept at each press of a button.
const state = document.getElementById('kept-state');
const form = document.getElementById('request-form');
// Milliseconds: from a key to its save, and the longest pause after a failure.
const [SOON, LONGEST] = [1_500, 30_000];
// So long after the last key it is tried again; then the session may lock for nobody is there.
const TRIES = 600_000;
let timer = 0;
let pause = SOON;
let keeping = null;
let changed = false;
let over = false;
// What was sent and may have been kept: it goes again word for word before anything newer, for its mark is not known.
let unsure = null;
let waited = false;
let last = 0;

function say(text) {
  if (state.textContent !== text) state.textContent = text;
}

function later(wait) {
  clearTimeout(timer);
  timer = setTimeout(keep, wait);
}

/** Saves what stands in the form now; what is typed meanwhile is saved after it. */
function keep() {
  clearTimeout(timer);
  timer = 0;
  if (keeping || over || !changed) return keeping;
  changed = false;
  keeping = sent().finally(() => {
    keeping = null;
    if (changed && !over && Date.now() - last < TRIES) later(pause);
  });
  return keeping;
}

async function sent() {
  const fields = [...new FormData(form)].filter(([, value]) => typeof value === 'string');
  const again = unsure !== null;
  const body = unsure ?? new URLSearchParams(fields);
  unsure = body;
  try {
    const headers = { 'x-jianma-keeps': '1' };
    const signal = AbortSignal.timeout(15_000);
    const answer = await fetch(form.action, { method: 'POST', body, headers, signal, redirect: 'error' });
    // Signed out, or a colleague was faster: the next press of a button says so, with everything as typed.
    if ([401, 403, 404, 409].includes(answer.status)) {
      over = true;
      unsure = null;
      say(state.dataset.over);
      return;
    }
    if (!answer.ok && answer.status < 500) unsure = null;
    if (!answer.ok) throw new Error(String(answer.status));
    form.elements.namedItem('was').value = (await answer.json()).was;
    unsure = null;
    waited = false;
    if (again) changed = true;
    pause = SOON;
    say(state.dataset.kept);
  } catch {
    changed = true;
    say(state.dataset.failed);
    pause = Math.min(pause * 2, LONGEST);
  }
}

if (state && form) {
  const typed = () => {
    changed = true;
    last = Date.now();
    if (over || keeping || timer) return;
    say('');
    later(pause);
  };
  form.addEventListener('input', typed);
  form.addEventListener('change', typed);
  // A press goes after the save that is under way: it brings the mark of what is kept by then.
  form.addEventListener('submit', (event) => {
    clearTimeout(timer);
    timer = 0;
    changed = false;
    // Once, for without a line it would never go.
    if (unsure && !waited && !keeping) {
      waited = true;
      changed = true;
      keep();
    }
    if (!keeping) return;
    event.preventDefault();
    const { submitter } = event;
    keeping.then(() => form.requestSubmit(submitter));
  });
  addEventListener('pagehide', () => {
    clearTimeout(timer);
    timer = 0;
  });
}
