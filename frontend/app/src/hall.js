// A page of a hall follows its hall: it is told that something changed, and reads its parts anew. Where the line is
// lost it says so, and comes back by itself. Without this script a page comes anew by itself (pages/hall.rs).
const here = document.querySelector('[data-hall]');
const lost = document.getElementById('hall-lost');
// Milliseconds: without a line that tells, while one tells, and the longest pause after a failure.
const [SOON, SELDOM, LONGEST] = [5_000, 60_000, 30_000];
let tells = false;
let pause = SOON;
let timer = 0;
let reading = false;
let again = false;

function later(wait) {
  clearTimeout(timer);
  timer = setTimeout(renew, wait);
}

/** Puts what is new in the place of what was; whoever has the focus in a part keeps it. */
function put(page) {
  for (const old of document.querySelectorAll('[data-live]')) {
    const now = page.getElementById(old.id);
    const same = now && now.innerHTML === old.innerHTML && now.dataset.call === old.dataset.call;
    if (!now || same || old.contains(document.activeElement)) continue;
    const calls = now.dataset.call;
    if (calls !== undefined) old.dataset.call = calls;
    if (calls) {
      // Called once more in the same words, it is read aloud once more.
      old.textContent = '';
      setTimeout(() => { old.innerHTML = now.innerHTML; }, 100);
    } else {
      old.innerHTML = now.innerHTML;
    }
  }
  document.title = page.title;
}

async function renew() {
  if (reading) {
    again = true;
    return;
  }
  reading = true;
  try {
    const signal = AbortSignal.timeout(15_000);
    // A page that reads itself keeps nobody signed in.
    const headers = { 'x-jianma-follows': '1' };
    const answer = await fetch(location.href, { cache: 'no-store', headers, signal });
    // The session is over, or the counter is a colleague's by now: the whole page says so, and follows nothing.
    if (location.pathname.startsWith('/staff') && [401, 403, 409].includes(answer.status)) {
      location.reload();
      return;
    }
    if (!answer.ok) throw new Error(String(answer.status));
    put(new DOMParser().parseFromString(await answer.text(), 'text/html'));
    lost.hidden = true;
    pause = SOON;
    later(tells ? SELDOM : SOON);
  } catch {
    lost.hidden = false;
    later(pause);
    pause = Math.min(pause * 2, LONGEST);
  }
  reading = false;
  if (again) {
    again = false;
    later(200);
  }
}

function listen() {
  const line = new EventSource(here.dataset.hall);
  line.addEventListener('open', () => { tells = true; renew(); });
  line.addEventListener('changed', renew);
  line.addEventListener('error', () => {
    tells = false;
    later(SOON);
    // Refused, a line is not tried again by the browser.
    if (line.readyState === EventSource.CLOSED) setTimeout(listen, LONGEST);
  });
}

if (here && lost) {
  later(SOON);
  listen();
}
