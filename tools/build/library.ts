import type { Options } from 'tsup'

/** One ECMAScript module per public entry; the code they share becomes chunks. Declarations come from tsc. */
export const library = (entry: string[]): Options => ({
  entry: Object.fromEntries(entry.map((file) => [file.replace(/^src\//, '').replace(/\.ts$/, ''), file])),
  format: 'esm',
  target: 'node20.19',
  sourcemap: true,
  clean: true,
  splitting: true,
  // The sources are published beside what is built of them: the maps point there.
  esbuildOptions: (options) => {
    options.sourcesContent = false
  },
})

/**
 * A program that another process starts, in one file: the sandbox shows the worker this file, Node and onnxruntime-node,
 * and nothing else.
 */
export const program = (entry: Record<string, string>): Options => ({
  entry,
  format: 'esm',
  target: 'node20.19',
  sourcemap: false,
  clean: false,
  splitting: false,
  noExternal: [/^@nootropic\//],
  external: ['onnxruntime-node'],
  // Of the sources, because only they leave out what the program does not use.
  esbuildOptions: (options) => {
    options.conditions = ['@nootropic/source']
  },
})
