/**
 * Drafts that save themselves: <form data-autosave-key="…" data-autosave-url="…">.
 *
 * Every change is copied into the browser under the key (js/drafts.js); 800 ms after the last one the form is posted to
 * the URL, and the copy goes when the server has it. Without a URL there is only the copy (comments). When the session
 * has ended, a notice leads to the sign-in in another tab, and saving goes on when this tab gets the focus again, as it
 * does when the network is back. A copy that was neither saved nor sent comes back by itself; one that was sent is
 * offered. A copy whose tab was closed is sent by the next page that opens (js/offline.js).
 * The server answers with JSON; `fields` in it (a new version, say) is written back into the form.
 * [data-saved] shows the state; its words are data attributes, the notices are in components/draft_notices.html.
 */
import { cookie, isMine, keyOf, post as send, read, remove, write } from "./drafts.js";

const WAIT = 800;
const KEEP = 30 * 24 * 3600 * 1000;

const controlsOf = (form) => [...form.elements].filter((one) => one.name && !["file", "hidden", "submit"].includes(one.type));
const isTicked = (control) => ["checkbox", "radio"].includes(control.type);
// A form that was refused comes back as it was typed, which is saved nowhere.
const wasRefused = () => performance.getEntriesByType("navigation")[0]?.responseStatus >= 400;
// The member's clock, which the foot of every page names, and not that of the machine they sit at.
const clock = (timeZone) =>
  new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone });

/** The form's values in the order of its controls: text, or whether it is ticked. */
function valuesOf(form) {
  return controlsOf(form).map((control) => [control.name, isTicked(control) ? control.checked : control.value]);
}

function putValues(form, values) {
  const controls = controlsOf(form);
  values.forEach(([name, value], place) => {
    const control = controls[place]?.name === name ? controls[place] : form.elements.namedItem(name);
    if (!control) return;
    if (typeof value === "boolean") control.checked = value;
    else control.value = value;
  });
}

/** What posting the form would send, without files, and without the token, which will be another one by then. */
function bodyOf(form) {
  return [...new FormData(form)].filter(([name, value]) => typeof value === "string" && name !== "csrfmiddlewaretoken");
}

function watch(form) {
  const key = keyOf(form.dataset.autosaveKey);
  const url = form.dataset.autosaveUrl;
  const state = form.querySelector("[data-saved]") ?? (form.id ? document.querySelector(`[data-saved="${form.id}"]`) : null);
  const original = valuesOf(form);
  const version = form.elements.namedItem("version");
  const known = version?.value;
  let timer;
  let saving = false;
  let waiting = false;

  const snapshot = () => JSON.stringify(valuesOf(form));
  const page = location.pathname + location.search;
  const remember = (sent) => write(key, { at: Date.now(), sent, values: valuesOf(form), page, url, body: bodyOf(form) });
  const forget = () => (clearTimeout(timer), remove(key));

  function notice(name, shown) {
    const found = form.querySelector(`[data-draft-notice="${name}"]`);
    if (found) found.hidden = !shown;
  }

  function say(name, words = "") {
    if (!state) return;
    state.dataset.state = name;
    state.textContent = words;
  }

  function post() {
    const body = new FormData(form);
    // Signing in again changes the token; the form must carry the new one when it is submitted, too.
    const token = cookie("csrftoken") ?? body.get("csrfmiddlewaretoken");
    const field = form.elements.namedItem("csrfmiddlewaretoken");
    if (field) field.value = token;
    for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
    return send(url, body);
  }

  async function save() {
    if (saving) return changed();
    // Somebody else has signed in since: this text is not theirs.
    if (!isMine()) return notice("signed-out", (waiting = true));
    saving = true;
    say("saving", state?.dataset.saving);
    const sent = snapshot();
    const answer = await post();
    saving = false;
    waiting = !answer?.ok;
    notice("signed-out", answer?.type === "opaqueredirect" || [401, 403].includes(answer?.status));
    notice("conflict", answer?.status === 409);
    if (waiting) return say("failed", state?.dataset.kept);
    const { fields = {} } = await answer.json().catch(() => ({}));
    for (const [name, value] of Object.entries(fields)) {
      const field = form.elements.namedItem(name);
      if (field) field.value = value;
    }
    if (sent === snapshot()) forget();
    else remember(false);
    return say("saved", `${state?.dataset.savedAt} ${clock(state?.dataset.zone)}`);
  }

  function changed() {
    remember(false);
    clearTimeout(timer);
    if (url) timer = setTimeout(save, WAIT);
  }

  /** A version that was known then makes the server compare: a newer text is not overwritten unseen. */
  function putBack({ values, sent, body }) {
    putValues(form, values);
    if (version && !sent) version.value = body.find(([name]) => name === "version")?.[1] ?? known;
    form.dispatchEvent(new Event("input", { bubbles: true }));
    notice("copy", false);
    notice("restored", true);
  }

  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  form.addEventListener("submit", () => (clearTimeout(timer), remember(true)));
  form.addEventListener("htmx:afterRequest", ({ detail }) => detail.elt === form && detail.successful && forget());
  window.addEventListener("focus", () => waiting && save());
  window.addEventListener("online", () => waiting && save());
  // Held until this page is left: meanwhile no other page sends this draft.
  navigator.locks?.request(key, () => new Promise(() => {}));

  const copy = read(key);
  form.addEventListener("click", ({ target }) => {
    if (target.closest("[data-put-back]")) putBack(copy);
    if (!target.closest("[data-discard]")) return;
    putValues(form, original);
    if (version) version.value = known;
    forget();
    notice("copy", false);
    notice("restored", false);
    if (url) save();
  });
  if (!copy || Date.now() - copy.at > KEEP) forget();
  else if (JSON.stringify(copy.values) === snapshot()) wasRefused() ? remember(false) : forget();
  else if (copy.sent) notice("copy", true);
  else putBack(copy);
}

const watched = new WeakSet();

function start(root) {
  for (const form of root.querySelectorAll("form[data-autosave-key]")) {
    if (!watched.has(form)) watch(form);
    watched.add(form);
  }
}

document.addEventListener("htmx:load", (event) => start(event.target.parentElement ?? document));
start(document);
