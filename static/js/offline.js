/**
 * On every page: registers the service worker, sends the drafts that were written offline, and clears the device at
 * sign-out. A draft whose form is open in some tab is left to that tab, which holds a lock of the draft's name.
 * Only drafts are sent: a comment or an answer is published by its author's own press of a button, never from here.
 * The words of the offline page are its data attributes.
 */
import { cookie, copiesHere, isMine, myKeys, post, read, remove, wipe } from "./drafts.js";
import { toast, words } from "./toasts.js";

// A tab that was closed just now gives its draft free a little later.
const PATIENCE = 30_000;
const stillOpen = ({ name }) => name === "TimeoutError";

/** Hand the copy to its own page, which shows both versions because the copy knows an older one. */
function compare({ page, body }) {
  const form = document.createElement("form");
  form.method = "post";
  form.action = page;
  for (const [name, value] of [...body, ["save", "1"], ["csrfmiddlewaretoken", cookie("csrftoken")]]) {
    const field = document.createElement("textarea"); // a hidden input would lose line breaks
    field.name = name;
    field.value = value;
    form.append(field);
  }
  form.hidden = true;
  document.body.append(form);
  form.submit();
}

const textOf = ({ values }) => values.filter(([name, value]) => typeof value === "string" && name !== "language").map(([, text]) => text).join("\n\n");

function refused(key, copy, reason) {
  const copied = () => navigator.clipboard.writeText(textOf(copy)).then(() => toast(words.copied), () => refused(key, copy, reason));
  toast(`${words.notSaved} ${reason}`, [words.copy, copied], [words.discard, () => remove(key)]);
}

/** Send one copy; returns whether the server has it now. */
async function send(key, { quietly = false } = {}) {
  const copy = read(key);
  if (!copy?.url || copy.sent) return false;
  const answer = await post(copy.url, new URLSearchParams(copy.body));
  if (answer?.ok) {
    if (read(key)?.at === copy.at) remove(key);
    return true;
  }
  if (quietly) return false;
  if (answer?.status === 409) toast(words.conflict, [words.compare, () => compare(copy)]);
  else if ([403, 404, 422].includes(answer?.status)) {
    const { reason } = await answer.json().catch(() => ({}));
    refused(key, copy, reason ?? decodeURIComponent(answer.headers.get("X-Reason") ?? ""));
  }
  return false;
}

async function sendWaiting() {
  const waiting = myKeys().filter((key) => read(key)?.url && !read(key).sent);
  const sent = await Promise.all(
    waiting.map((key) =>
      navigator.locks?.request(key, { signal: AbortSignal.timeout(PATIENCE) }, () => send(key)).catch((error) => {
        if (!stillOpen(error)) throw error;
      }),
    ),
  );
  const saved = sent.filter(Boolean).length;
  if (saved) toast(saved === 1 ? words.savedOne : words.savedMany.replace("{count}", saved));
}

/** What is in the browser only goes when somebody signs out: first it is sent, and what cannot be sent is asked about. */
async function signOut(form) {
  await Promise.all(myKeys().map((key) => send(key, { quietly: true })));
  if (copiesHere().some(([, copy]) => !copy.sent) && !window.confirm(words.leaves)) return;
  localStorage.setItem("signing-out", "1");
  form.submit();
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-sign-out]") || !isMine()) return;
  event.preventDefault();
  signOut(event.target);
});

// The response to signing out clears this device; this is for browsers that do not know its header.
if (localStorage.getItem("signing-out") && !isMine()) wipe();
localStorage.removeItem("signing-out");

function showOfflinePage(page) {
  const theme = cookie("theme"); // the page was kept before it was chosen
  if (theme) document.documentElement.dataset.theme = theme;
  for (const [key, copy] of copiesHere()) {
    // What was being handed in when the network failed is a draft again.
    if (copy.sent && copy.url && copy.page === location.pathname + location.search) {
      localStorage.setItem(key, JSON.stringify({ ...copy, sent: false }));
    }
  }
  const kept = copiesHere().filter(([, copy]) => !copy.sent).length;
  page.textContent = kept ? `${page.dataset.kept} ${kept}` : page.dataset.none;
  window.addEventListener("online", () => location.replace(location.href));
}

const offlinePage = document.querySelector("[data-offline-page]");
if (offlinePage) showOfflinePage(offlinePage);
else sendWaiting();
window.addEventListener("online", sendWaiting);
window.addEventListener("load", () => navigator.serviceWorker?.register("/worker.js").catch(() => {}));
