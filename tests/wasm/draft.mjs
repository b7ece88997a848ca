// Drafts plans with the library built for WebAssembly: the bytes are those of the binary.
//
//     node tests/wasm/draft.mjs KHUNG_WASM PLANS PROFILE…
//
// PLANS is the folder of the plans that the binary drafted. The module imports nothing: no
// clock, no files, no chance.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";

const [wasm, plans, ...profiles] = process.argv.slice(2);
assert(profiles.length > 0, "no profiles");
const module = new WebAssembly.Module(readFileSync(wasm));
assert.deepEqual(WebAssembly.Module.imports(module), []);
const { exports: khung } = new WebAssembly.Instance(module);

// The memory moves when it grows: look at it anew each time.
const bytes = (at, length) => Buffer.from(khung.memory.buffer, at, length);

for (const path of profiles) {
  const profile = readFileSync(path);
  profile.copy(bytes(khung.profile(profile.length), profile.length));
  assert(khung.draft(), `${path}: no draft`);
  const stem = join(plans, basename(path, ".toml"));
  const docx = bytes(khung.docx(), khung.docx_length());
  const markdown = bytes(khung.markdown(), khung.markdown_length());
  assert(docx.equals(readFileSync(`${stem}.docx`)), `${stem}.docx differs`);
  assert(markdown.equals(readFileSync(`${stem}.md`)), `${stem}.md differs`);
  console.log(`${basename(path)}: ${docx.length} + ${markdown.length} bytes, as the binary's`);
}
