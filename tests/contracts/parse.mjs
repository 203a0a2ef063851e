// Reads an AsyncAPI document from standard input with the AsyncAPI initiative's own parser; prints what is wrong as JSON.
import { createRequire } from "node:module";
const { Parser } = createRequire(process.cwd() + "/")("@asyncapi/parser");
let text = "";
for await (const part of process.stdin) text += part;
const { document, diagnostics } = await new Parser().parse(text);
const errors = diagnostics.filter((one) => one.severity === 0).map((one) => `${one.path.join(".")}: ${one.message}`);
const said = document ? { title: document.info().title(), channels: document.channels().length, operations: document.operations().length } : null;
process.stdout.write(JSON.stringify({ errors, said }));
