// Compresses standard input to standard output: the arguments are `br` or `gz`, and how hard to try.
// The same bytes give the same twin: gzip gets neither name nor time here.
import { readFileSync, writeFileSync } from "node:fs";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const [kind, effort] = process.argv.slice(-2);
const bytes = readFileSync(0);
const brotli = {
  params: {
    [constants.BROTLI_PARAM_QUALITY]: Number(effort),
    [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  },
};
writeFileSync(1, kind === "br" ? brotliCompressSync(bytes, brotli) : gzipSync(bytes, { level: Number(effort) }));
