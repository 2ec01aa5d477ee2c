import { availableParallelism } from 'node:os'
import { isAbsolute, relative, resolve } from 'node:path'
import { combineVerdicts, NootropicError, type Report, severities, systemClock } from '@nootropic/core'
import { blockFrom, severityReactions } from '@nootropic/validation'
import { parseIgnoreFile, sarifOf, scanPage, scanPath, scanText } from '@nootropic/validation/scan'
import { createProgressBar } from '../progress-bar.ts'
import { type Invocation, operand, type Streams, textOption, type Verb } from '../verb.ts'
import { version } from '../version.ts'
import { choose } from './choose.ts'
import { readText } from './read-text.ts'
import { readScanningManifest, writeScanReports } from './scanning-manifest.ts'
import { writeOutput } from './write-output.ts'

/** Ways to write a scan down. `--json` is the fourth, as of every verb. */
const writers: Readonly<Record<string, (reports: readonly Report[]) => string>> = {
  text: (reports) => {
    const verdict = combineVerdicts(reports.map((report) => report.verdict))
    return `${reports.map(scanText).join('\n')}\n${verdict}\n`
  },
  sarif: (reports) => `${JSON.stringify(sarifOf(reports, version), undefined, 2)}\n`,
  html: scanPage,
}

/** Threads beside one another: more than four only wait for the disk. */
const parseWorkers = (value: string | undefined): number => {
  if (value === undefined) return Math.min(4, availableParallelism())
  if (!/^[1-9]\d?$/.test(value)) throw new NootropicError('USAGE', `expected --workers to be 1 to 99, got "${value}"`)
  return Number(value)
}

/** The report with its paths as a person typed the first of them: code hosts find files by relative paths. */
const relativeTo = (directory: string, report: Report): Report => ({
  ...report,
  subject: { ...report.subject, path: relative(directory, report.subject.path) },
  findings: report.findings.map((finding) => ({
    ...finding,
    location: { ...finding.location, path: relative(directory, finding.location.path) },
  })),
})

const readIgnores = async (invocation: Invocation, streams: Streams) => {
  const path = textOption(invocation, 'ignore')
  return path === undefined ? [] : parseIgnoreFile(await readText('ignore', path, streams), path)
}

export const scan: Verb = {
  name: 'scan',
  operands: 'PATH',
  summary: 'look for what is dangerous in model files, without loading them',
  options: {
    'fail-on': {
      type: 'string',
      value: 'SEVERITY',
      description: `the least severity that fails a file: ${severities.join(', ')} (default medium)`,
    },
    manifests: {
      type: 'string',
      value: 'DIR',
      description: 'settings: what follows from a severity, and where a report is written',
    },
    format: { type: 'string', value: 'FORMAT', description: 'text, sarif or html (default text)' },
    output: { type: 'string', short: 'o', value: 'FILE', description: 'write the result into a file' },
    ignore: {
      type: 'string',
      value: 'FILE',
      description: 'findings that were reviewed: YAML, by rule and digest, with reason and expiry',
    },
    cache: {
      type: 'string',
      value: 'DIR',
      description: 'keep what was found in a private directory, by the digest of each file',
    },
    workers: {
      type: 'string',
      value: 'COUNT',
      description: 'threads that scan beside one another (default: one a core, at most 4)',
    },
  },
  async run(invocation, streams) {
    const typed = operand(invocation, 0, 'a file or a directory')
    const failOn = textOption(invocation, 'fail-on')
    const manifests = textOption(invocation, 'manifests')
    const scanning = manifests === undefined ? undefined : await readScanningManifest(manifests, streams)
    const reactions = scanning === undefined ? undefined : severityReactions(scanning.manifest)
    const format = choose('format', textOption(invocation, 'format') ?? 'text', Object.keys(writers))
    const cache = textOption(invocation, 'cache')
    const bar = streams.progress && createProgressBar(streams.progress, systemClock)
    const found = await scanPath(resolve(streams.directory, typed), {
      ...(reactions === undefined ? {} : { reactions }),
      ...(failOn === undefined ? {} : { reactions: blockFrom(choose('fail-on', failOn, severities)) }),
      ignores: await readIgnores(invocation, streams),
      workers: parseWorkers(textOption(invocation, 'workers')),
      ...(cache === undefined ? {} : { cache: resolve(streams.directory, cache) }),
      onProgress: ({ scanned, files, path: name }) => bar?.show(scanned, files, name),
    }).finally(() => bar?.clear())
    const reports = isAbsolute(typed) ? found : found.map((report) => relativeTo(streams.directory, report))
    if (scanning !== undefined) await writeScanReports(reports, scanning, streams, systemClock.now())
    const verdict = combineVerdicts(reports.map((report) => report.verdict))
    const exit = verdict === 'pass' ? 0 : verdict === 'fail' ? 1 : 4
    const document = { verdict, reports }
    const text = writers[format]?.(reports) ?? ''
    const output = textOption(invocation, 'output')
    if (output === undefined) return { exit, document, text }
    const content =
      invocation.options.json === true ? `${JSON.stringify({ schemaVersion: 1, ...document }, null, 2)}\n` : text
    await writeOutput(output, content, streams)
    return { exit, document: { verdict, output }, text: `${verdict}: ${reports.length} files, written to ${output}\n` }
  },
}
