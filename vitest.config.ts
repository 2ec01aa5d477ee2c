import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

const conditions = ['@nootropic/source']
const shared = {
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
}
const test = {
  setupFiles: ['./tools/testing/fail-on-console.ts'],
  testTimeout: 60_000,
  hookTimeout: 60_000,
  // onnxruntime-node is a native addon: worker threads share its global state, processes do not.
  pool: 'forks' as const,
}

export default defineConfig({
  test: {
    // Vitest leaves one processor alone, which is half of a machine with two.
    maxWorkers: availableParallelism(),
    projects: [
      {
        ...shared,
        test: { ...test, name: 'unit', include: ['{packages,examples,tools}/*/test/**/*.test.ts'] },
      },
      {
        ...shared,
        test: { ...test, name: 'conformance', include: ['packages/*/test/**/*.conformance.ts'] },
      },
    ],
  },
})
