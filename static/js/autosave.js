/**
 * Drafts that save themselves: <form data-autosave-key="…" data-autosave-url="…" data-sign-in-url="…">.
 *
 * Every keystroke is copied into localStorage under the key; 800 ms after the last one the form is posted to the URL,
 * and the copy goes when the server has it. Without a URL there is only the copy (comments). When the session has ended,
 * a notice leads to the sign-in in another tab, and saving goes on when this tab gets the focus again.
 * The server answers with JSON; `fields` in it (a new revision number, say) is written back into the form.
 * [data-saved] in the form shows the state; its words and those of the notices are data attributes and a <template>.
 */
const WAIT = 800;
const KEEP_DAYS = 30;
const PREFIX = "draft:";

const valuesOf = (form) =>
  [...new FormData(form)].filter(([name, value]) => typeof value === "string" && name !== "csrfmiddlewaretoken");
const cookie = (name) => document.cookie.split("; ").find((part) => part.startsWith(`${name}=`))?.split("=")[1];
const clock = () => new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

class Draft {
  constructor(form) {
    this.form = form;
    this.key = PREFIX + form.dataset.autosaveKey;
    this.state = form.querySelector("[data-saved]");
    this.shown = JSON.stringify(valuesOf(form));
    this.offerCopy();
    form.addEventListener("input", () => this.changed());
    form.addEventListener("change", () => this.changed());
    form.addEventListener("submit", () => this.remember({ sent: true }));
    form.addEventListener("htmx:afterRequest", ({ detail }) => detail.elt === form && detail.successful && this.forget());
    window.addEventListener("focus", () => this.waiting && this.save());
  }

  remember(more = {}) {
    const copy = { at: Date.now(), values: valuesOf(this.form), ...more };
    localStorage.setItem(this.key, JSON.stringify(copy));
  }

  forget() {
    clearTimeout(this.timer);
    localStorage.removeItem(this.key);
  }

  changed() {
    this.remember();
    clearTimeout(this.timer);
    if (this.form.dataset.autosaveUrl) this.timer = setTimeout(() => this.save(), WAIT);
  }

  async save() {
    if (this.saving) return this.changed();
    this.saving = true;
    this.say("saving", this.state?.dataset.saving);
    const sent = JSON.stringify(valuesOf(this.form));
    const answer = await this.post().catch(() => null);
    this.saving = false;
    this.waiting = !answer?.ok;
    this.notice("signed-out", answer !== null && (answer.type === "opaqueredirect" || [401, 403].includes(answer.status)));
    this.notice("conflict", answer?.status === 409);
    if (!answer?.ok) return this.say("failed", this.state?.dataset.kept);
    this.accept(await answer.json().catch(() => ({})));
    if (sent === JSON.stringify(valuesOf(this.form))) this.forget();
    return this.say("saved", `${this.state?.dataset.savedAt} ${clock()}`);
  }

  post() {
    const body = new FormData(this.form);
    // Signing in again changes the token; the form must carry the new one when it is submitted, too.
    const token = cookie("csrftoken") ?? body.get("csrfmiddlewaretoken");
    const field = this.form.elements.namedItem("csrfmiddlewaretoken");
    if (field && token) field.value = token;
    for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
    const headers = { "X-CSRFToken": token, Accept: "application/json" };
    return fetch(this.form.dataset.autosaveUrl, { method: "POST", body, headers, redirect: "manual" });
  }

  accept({ fields = {} }) {
    for (const [name, value] of Object.entries(fields)) {
      const field = this.form.elements.namedItem(name);
      if (field) field.value = value;
    }
  }

  offerCopy() {
    const copy = JSON.parse(localStorage.getItem(this.key) ?? "null");
    if (!copy) return;
    const same = JSON.stringify(copy.values) === this.shown;
    if (same || Date.now() - copy.at > KEEP_DAYS * 24 * 3600 * 1000) return this.forget();
    const put = this.notice("copy", true);
    put?.querySelector("[data-put-back]")?.addEventListener("click", () => this.putBack(copy.values));
    put?.querySelector("[data-discard]")?.addEventListener("click", () => (this.forget(), this.notice("copy", false)));
    // What was typed and neither saved nor sent comes back by itself.
    if (!copy.sent) this.putBack(copy.values);
  }

  putBack(values) {
    const before = JSON.parse(this.shown);
    for (const [name] of before) this.set(name, values.filter(([other]) => other === name).map(([, value]) => value));
    this.form.dispatchEvent(new Event("input", { bubbles: true }));
  }

  set(name, values) {
    const found = this.form.elements.namedItem(name);
    const controls = found instanceof RadioNodeList ? [...found] : [found];
    for (const control of controls) {
      if (!control || control.type === "file" || control.type === "hidden") continue;
      if (["checkbox", "radio"].includes(control.type)) control.checked = values.includes(control.value);
      else if (values.length) control.value = values[0];
    }
  }

  /** Shows or hides one of the notices of components/draft_notices.html; returns it. */
  notice(name, shown) {
    const notice = this.form.querySelector(`[data-draft-notice="${name}"]`);
    if (notice) notice.hidden = !shown;
    return notice;
  }

  say(state, words) {
    if (!this.state) return;
    this.state.dataset.state = state;
    this.state.textContent = words ?? "";
  }
}

const started = new WeakSet();

function start(root) {
  for (const form of root.querySelectorAll("form[data-autosave-key]")) {
    if (!started.has(form)) new Draft(form);
    started.add(form);
  }
}

document.addEventListener("htmx:load", (event) => start(event.target.parentElement ?? document));
start(document);
