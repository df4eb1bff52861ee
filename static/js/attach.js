/**
 * Files of the idea editor are sent as soon as they are chosen, dropped or pasted: one request each, by htmx, so that the
 * text beside them stays untouched. What would be refused anyway is said before anything is sent.
 * [data-attach] holds the words, and what lasts while #attachments is swapped: problems, progress, news.
 */
const box = document.querySelector("[data-attach]");
const part = (name) => box.querySelector(`[data-attach-${name}]`);
const inner = () => document.getElementById("attachments");
const field = () => inner().querySelector("input[type=file]");
const bar = part("progress").querySelector("progress");
const waiting = [];
let sending = false;
let removing = false;

const inWords = (words, { name }) => words.replace("{name}", () => name);

function problemOf(file) {
  const kinds = field().accept.split(",");
  const words = box.dataset;
  if (Number(inner().dataset.room) < 1) return words.tooMany;
  if (file.size === 0) return words.empty;
  if (file.size > Number(words.largest) * 1024 * 1024) return words.tooLarge;
  // A name tells more than the browser's guess, and a pasted picture has no name of its own.
  return kinds.some((kind) => file.name.toLowerCase().endsWith(kind) || file.type === kind) ? "" : words.wrongKind;
}

function tell(problems) {
  part("problems").replaceChildren(
    ...problems.map((text) => {
      const line = document.createElement("p");
      line.className = "error";
      line.textContent = text;
      return line;
    }),
  );
}

/** Send one file and return why it was refused, if it was. */
async function send(file) {
  part("news").textContent = inWords(box.dataset.uploading, file);
  bar.value = 0;
  part("progress").hidden = false;
  await htmx.ajax("POST", inner().dataset.attachUrl, { source: field(), target: inner(), swap: "outerHTML", values: { file } });
  part("progress").hidden = true;
  part("news").textContent = inner().dataset.news;
  return inner().querySelector(".field .error")?.textContent.trim();
}

async function sendAll(files) {
  waiting.push(...files);
  if (sending) return;
  sending = true;
  const problems = [];
  tell(problems);
  try {
    for (let file = waiting.shift(); file; file = waiting.shift()) {
      const problem = problemOf(file);
      if (problem) problems.push(inWords(problem, file));
      else {
        const refused = await send(file);
        // The last refusal stands at the field itself.
        if (refused && waiting.length) problems.push(`${file.name}: ${refused}`);
      }
    }
  } catch {
    // The network failed, which js/trouble.js has told.
    waiting.length = 0;
    part("news").textContent = "";
  }
  part("progress").hidden = true;
  field().value = "";
  sending = false;
  tell(problems);
}

const takesFiles = () => (field().multiple = true);

box.addEventListener("change", ({ target }) => {
  if (target !== field() || !target.files.length) return;
  const files = [...target.files];
  target.value = "";
  sendAll(files);
});
box.addEventListener("htmx:xhr:progress", ({ detail }) => {
  if (detail.lengthComputable && detail.total) bar.value = detail.loaded / detail.total;
});
box.addEventListener("htmx:beforeRequest", ({ detail }) => (removing = detail.elt.name === "remove"));
document.addEventListener("htmx:load", ({ target }) => {
  if (target !== inner()) return;
  takesFiles();
  if (!removing) return;
  tell([]);
  part("news").textContent = target.dataset.news;
  field().focus(); // the button that had it is gone
});
box.addEventListener("dragover", (event) => event.preventDefault());
box.addEventListener("drop", (event) => {
  event.preventDefault();
  sendAll(event.dataTransfer.files);
});
/** Tell whether there are words in a clipboard, and not just the names of its files, as some file managers put there. */
function hasWords(clipboard) {
  const names = [...clipboard.files].map(({ name }) => name);
  const lines = clipboard.getData("text/plain").split("\n").map((line) => line.trim());
  return lines.some((line) => line && !names.some((name) => line.endsWith(name)));
}

box.closest("form").addEventListener("paste", (event) => {
  const { files } = event.clipboardData;
  // Who copies from a table or a document has its words in the clipboard, and a picture of them as well.
  if (!files.length || hasWords(event.clipboardData)) return;
  event.preventDefault();
  sendAll(files);
});
takesFiles();
