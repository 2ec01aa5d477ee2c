import { resolve } from 'node:path'
import { NootropicError, type SessionFactory, systemClock, type Tensor } from '@nootropic/core'
import { type ModelPackage, readModelPackage } from '@nootropic/core/formats'
import { createInProcessSessions } from '@nootropic/core/inference'
import { type ManifestSet, parseManifestSet, readManifests } from '@nootropic/core/manifest'
import { createSandbox, isolationLevels } from '@nootropic/runtime/sandbox'
import {
  type BehaviourReport,
  behaviourPage,
  behaviourText,
  type ExaminationOptions,
} from '@nootropic/validation/behaviour'
import { executionSettings } from '../execution-settings.ts'
import { createProgressBar } from '../progress-bar.ts'
import { sandboxSettings } from '../sandbox-settings.ts'
import { type Invocation, type OptionDescription, operand, type Streams, textOption, type VerbResult } from '../verb.ts'
import { choose, verifyPartners } from './choose.ts'
import { durationOption } from './duration-option.ts'
import { countOption } from './number-option.ts'
import { dataKinds, dataOptions, readExamples } from './read-examples.ts'
import { readText } from './read-text.ts'
import { parseTensors } from './tensor-json.ts'
import { writeOutput } from './write-output.ts'

/** The options of every verb that runs a model to see how it behaves. */
export const runOptions: Readonly<Record<string, OptionDescription>> = {
  examples: { type: 'string', value: 'COUNT', description: 'examples at most' },
  budget: {
    type: 'string',
    value: 'TIME',
    description: 'the most time it may take, such as 90s or 10m (default 2m); what is done by then is reported',
  },
  seed: { type: 'string', value: 'NUMBER', description: 'the same seed gives the same figures (default 0)' },
  manifests: { type: 'string', value: 'DIR', description: 'settings: what to do, for how long, and in what sandbox' },
  isolation: {
    type: 'string',
    value: 'LEVEL',
    description: `the least isolation to accept: ${isolationLevels.join(', ')}`,
  },
  'in-process': {
    type: 'boolean',
    description: 'run the model in this process, without a sandbox: only one you trust',
  },
  html: { type: 'string', value: 'FILE', description: 'write the report as one page, too' },
}

/** Those of a verb that tests a model on one set of examples. */
export const examinationOptions: Readonly<Record<string, OptionDescription>> = {
  data: { type: 'string', value: 'PATH', description: `examples to judge by: ${dataKinds}` },
  ...dataOptions,
  fixed: {
    type: 'string',
    value: 'FILE',
    description: 'what all other inputs of the model hold, JSON: { "<input>": { "type", "dims", "data" } }',
  },
  ...runOptions,
}

const sessionsOf = (invocation: Invocation, settings: ManifestSet): SessionFactory => {
  const level = textOption(invocation, 'isolation')
  if (invocation.options['in-process'] === true) {
    if (level === undefined) return createInProcessSessions()
    throw new NootropicError('USAGE', 'expected --isolation or --in-process, got both; leave one out')
  }
  const options = sandboxSettings(settings, executionSettings(settings).policy)
  return createSandbox(
    level === undefined ? options : { ...options, require: choose('isolation', level, isolationLevels) },
  )
}

const readFixed = async (
  invocation: Invocation,
  streams: Streams,
): Promise<Readonly<Record<string, Tensor>> | undefined> => {
  const path = textOption(invocation, 'fixed')
  return path === undefined ? undefined : parseTensors(await readText('fixed', path, streams), path)
}

/** What a verb that examines a model works with. */
export interface ExaminationSetup {
  readonly model: ModelPackage
  readonly options: Omit<ExaminationOptions, 'dataset'>
  readonly settings: ManifestSet
  /** `--examples`. */
  readonly examples: number | undefined
}

/** Reads the options, lets the verb work while a bar shows how far it is and Ctrl-C stops it, and answers with its report. */
export const withExamination = async (
  invocation: Invocation,
  streams: Streams,
  work: (setup: ExaminationSetup) => Promise<BehaviourReport>,
): Promise<VerbResult> => {
  const typed = operand(invocation, 0, 'a model: a directory or a file')
  verifyPartners(invocation, { fixed: ['data'] })
  const budgetMs = durationOption(invocation, 'budget')
  const seed = countOption(invocation, 'seed', { least: 0, most: 2 ** 32 - 1 })
  const examples = countOption(invocation, 'examples', { most: 1_000_000 })
  const manifests = textOption(invocation, 'manifests')
  const settings =
    manifests === undefined ? parseManifestSet([]) : await readManifests(resolve(streams.directory, manifests))
  const sessions = sessionsOf(invocation, settings)
  const model = await readModelPackage(resolve(streams.directory, typed))
  const fixed = await readFixed(invocation, streams)
  const abort = new AbortController()
  const forget = streams.onInterrupt?.(() => abort.abort())
  const bar = streams.progress && createProgressBar(streams.progress, systemClock)
  const options: ExaminationSetup['options'] = {
    sessions,
    signal: abort.signal,
    ...(fixed === undefined ? {} : { fixed }),
    ...(budgetMs === undefined ? {} : { budgetMs }),
    ...(seed === undefined ? {} : { seed }),
    progress: ({ part, done, all }) => bar?.show(Math.floor(done), all, part),
  }
  try {
    const report = await work({ model, options, settings, examples })
    bar?.clear()
    return await answer({ ...report, subject: { ...report.subject, path: typed } }, invocation, streams)
  } finally {
    bar?.clear()
    forget?.()
  }
}

/** The examples of `--data`, as a part of the options of an examination. */
export const withData = async (
  { model, options, examples }: ExaminationSetup,
  invocation: Invocation,
  streams: Streams,
): Promise<ExaminationOptions> => {
  const dataset = await readExamples('data', invocation, streams, {
    model,
    fixed: options.fixed,
    limit: examples,
    seed: options.seed,
  })
  return dataset === undefined ? options : { ...options, dataset }
}

const answer = async (report: BehaviourReport, invocation: Invocation, streams: Streams): Promise<VerbResult> => {
  const html = textOption(invocation, 'html')
  if (html !== undefined) await writeOutput(html, behaviourPage(report), streams, 'html')
  const written = html === undefined ? '' : `  the page: ${html}\n`
  return {
    exit: report.verdict === 'pass' ? 0 : report.verdict === 'fail' ? 1 : 4,
    document: report,
    text: `${behaviourText(report)}${written}`,
  }
}
