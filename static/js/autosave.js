/**
 * Drafts that save themselves: <form data-autosave-key="…" data-autosave-url="…">.
 *
 * Every change is copied into localStorage under the key; 800 ms after the last one the form is posted to the URL, and
 * the copy goes when the server has it. Without a URL there is only the copy (comments). When the session has ended, a
 * notice leads to the sign-in in another tab, and saving goes on when this tab gets the focus again. A copy that was
 * neither saved nor sent comes back by itself; one that was sent is offered.
 * The server answers with JSON; `fields` in it (a new revision number, say) is written back into the form.
 * [data-saved] shows the state; its words are data attributes, the notices are in components/draft_notices.html.
 */
const WAIT = 800;
const KEEP = 30 * 24 * 3600 * 1000;

const controlsOf = (form) => [...form.elements].filter((one) => one.name && !["file", "hidden", "submit"].includes(one.type));
const isTicked = (control) => ["checkbox", "radio"].includes(control.type);
const cookie = (name) => document.cookie.split("; ").find((part) => part.startsWith(`${name}=`))?.split("=")[1];
const clock = () => new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });

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

function watch(form) {
  const key = `draft:${form.dataset.autosaveKey}`;
  const url = form.dataset.autosaveUrl;
  const state = form.querySelector("[data-saved]");
  const original = valuesOf(form);
  let timer;
  let saving = false;
  let waiting = false;

  const snapshot = () => JSON.stringify(valuesOf(form));
  const remember = (sent) => localStorage.setItem(key, JSON.stringify({ at: Date.now(), sent, values: valuesOf(form) }));
  const forget = () => (clearTimeout(timer), localStorage.removeItem(key));

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
    const headers = { "X-CSRFToken": token, Accept: "application/json" };
    return fetch(url, { method: "POST", body, headers, redirect: "manual" }).catch(() => null);
  }

  async function save() {
    if (saving) return changed();
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
    return say("saved", `${state?.dataset.savedAt} ${clock()}`);
  }

  function changed() {
    remember(false);
    clearTimeout(timer);
    if (url) timer = setTimeout(save, WAIT);
  }

  function putBack(values) {
    putValues(form, values);
    form.dispatchEvent(new Event("input", { bubbles: true }));
    notice("copy", false);
    notice("restored", true);
  }

  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  form.addEventListener("submit", () => (clearTimeout(timer), remember(true)));
  form.addEventListener("htmx:afterRequest", ({ detail }) => detail.elt === form && detail.successful && forget());
  window.addEventListener("focus", () => waiting && save());

  const copy = JSON.parse(localStorage.getItem(key) ?? "null");
  form.addEventListener("click", ({ target }) => {
    if (target.closest("[data-put-back]")) putBack(copy.values);
    if (!target.closest("[data-discard]")) return;
    putValues(form, original);
    forget();
    notice("copy", false);
    notice("restored", false);
    if (url) save();
  });
  if (!copy || Date.now() - copy.at > KEEP || JSON.stringify(copy.values) === snapshot()) forget();
  else if (copy.sent) notice("copy", true);
  else putBack(copy.values);
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
