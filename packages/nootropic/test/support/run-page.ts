import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished } from 'vitest'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const stepPattern = /^```sh\n(?<script>[\s\S]*?)^```\n(?:\n```\n(?<output>[\s\S]*?)^```$)?/gm

/** The command as it is installed: many times faster to start than from its sources, which a page with thirty commands feels. */
const builtCommand = (): string => {
  const main = join(root, 'packages/nootropic/dist/main.js')
  if (existsSync(main)) return main
  throw new Error(`EXPECTED THE BUILT COMMAND IN ${main}, FOUND NONE; run pnpm build, as pnpm test:conformance does`)
}

/** How long the commands of a page may take. */
export const longestPageMilliseconds = 5 * 60_000

/** A step of a page: what a reader types, what the page says is printed, and what was. */
interface PageStep {
  readonly script: string
  readonly promised: string
  readonly printed: string
  readonly diagnostics: string
  readonly exit: number | null
}

const runPage = (page: string, directory: string): PageStep[] => {
  const words = [process.execPath, builtCommand()].map((word) => `'${word}'`).join(' ')
  writeFileSync(join(directory, 'npx.sh'), `npx() { shift; ${words} "$@"; }\n`)
  return [...page.matchAll(stepPattern)].map(({ groups: { script = '', output = '' } = {} }) => {
    const { stdout, stderr, status } = spawnSync('bash', ['-e', '-o', 'pipefail', '-c', `. ./npx.sh\n${script}`], {
      cwd: directory,
      env: { ...process.env, HOME: directory },
      encoding: 'utf8',
      timeout: 120_000,
    })
    return { script, promised: output, printed: stdout, diagnostics: stderr, exit: status }
  })
}

/**
 * Runs the shell commands of a how-to page one after the other, as a reader types them in a directory of their own, and
 * verifies that they print what the page says.
 *
 * @param options.prepare puts what the page starts from into the directory.
 * @param options.withoutRun takes out of an output what is another in each run.
 */
export const verifyPage = (
  name: string,
  options: { prepare?: (directory: string) => void; withoutRun: (text: string, directory: string) => string },
): void => {
  const directory = mkdtempSync(join(tmpdir(), 'nootropic-page-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  options.prepare?.(directory)
  const steps = runPage(readFileSync(join(root, 'docs/how-to', name), 'utf8'), directory)
  expect(steps.length).toBeGreaterThan(5)
  for (const { script, promised, printed, diagnostics, exit } of steps) {
    const [wanted, found] = [promised, printed].map((text) => options.withoutRun(text, directory))
    expect([script, found, diagnostics, exit]).toEqual([script, wanted, '', 0])
  }
}
