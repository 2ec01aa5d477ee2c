import {
  type Clock,
  combineVerdicts,
  type Finding,
  type Report,
  type Score,
  type SessionFactory,
  systemClock,
} from '@nootropic/core'
import { type ModelPackage, modelBytes, readOnnx } from '@nootropic/core/formats'
import { defaultPolicy, type ModelSecurityPolicy } from '@nootropic/core/manifest'
import { type AdversarialOptions, defaultAdversarialOptions, testAdversarial } from './behaviour/adversarial.ts'
import { type Dataset, verifyDataset } from './behaviour/dataset.ts'
import { defaultHonestyOptions } from './behaviour/honesty/index.ts'
import { testInputValidation } from './behaviour/input-validation.ts'
import { testOutputStability } from './behaviour/output-stability.ts'
import { testPerformance } from './behaviour/performance.ts'
import { testResourceUsage } from './behaviour/resource-usage.ts'
import { defaultRobustnessOptions, type RobustnessOptions, testRobustness } from './behaviour/robustness.ts'
import { openSubject, type Subject } from './behaviour/subject.ts'
import { testHonesty } from './behaviour/test-honesty.ts'
import type { DependencyOptions } from './dependencies/check-dependencies.ts'
import { checkPackageDependencies, namesDependencies } from './dependencies/check-package.ts'
import { incompleteOutcome, type StageOutcome } from './outcome.ts'
import { assessDeclarations } from './privacy/declarations.ts'
import { privacyTopics } from './privacy/statements.ts'
import type { Verification } from './provenance/verify-model.ts'
import { defaultReactions, type SeverityReactions } from './reactions.ts'
import { isBackdoorSign } from './scan/backdoor-signs.ts'
import { outcomeOfScan, type PackageScan, scanPackage } from './scan/scan-package.ts'
import { judgeScores, scorePerformance, scorePrivacy, scoreSecurity } from './scores.ts'
import { createStageRun, type StageRun } from './stages.ts'

/** The least scores that admit a model, each in [0, 1]. */
export type Thresholds = ModelSecurityPolicy['spec']['validation']['thresholds']

/** How a model is validated. */
export interface ValidationOptions {
  /** Opens the model; in a sandbox, if the composer has one. */
  readonly sessions: SessionFactory
  /**
   * Examples to test with. Without them inputs are made up: consistency is measured instead of accuracy, and attack and
   * corruption stay incomplete, because nothing can be judged by inputs that no caller would send.
   */
  readonly dataset?: Dataset
  /**
   * Every switch and threshold; by default all on but `codeSigningVerification`, which only a policy that is given asks for.
   */
  readonly policy?: ModelSecurityPolicy['spec']
  /** Thresholds instead of the policy's. */
  readonly thresholds?: Partial<Thresholds>
  readonly adversarial?: AdversarialOptions
  readonly robustness?: RobustnessOptions
  /** What follows from a finding of each severity. */
  readonly reactions?: SeverityReactions
  /** How the packages that the model's files ask for are checked; without a database that stays incomplete. */
  readonly dependencies?: DependencyOptions
  /**
   * What `verifyModel` said of the signature. Without it a policy that asks who signed the model leaves the answer
   * `incomplete`; where no policy is given, the report names that as not done.
   */
  readonly verification?: Verification
  readonly clock?: Clock
  /** Decides examples, starts and noise; the same seed gives the same figures. */
  readonly seed?: number
}

type Validation = Required<Omit<ValidationOptions, 'dataset' | 'thresholds' | 'verification'>> & {
  /** Whether the caller asks who signed the model: by a policy of its own. */
  readonly isPolicyGiven: boolean
  readonly verification: Verification | undefined
  readonly model: ModelPackage
  readonly dataset: Dataset | undefined
  readonly thresholds: Thresholds
  readonly stages: StageRun
}

const switchedOff = 'switched off by the policy'
const securityChecks = 'validation.securityChecks'

/** The packages that the model's files ask for. */
const analyseDependencies = async ({ model, policy, reactions, dependencies, stages }: Validation): Promise<void> => {
  const name = `${securityChecks}.codeAnalysis.dependencyCheck`
  if (!policy.validation.securityChecks.codeAnalysis.dependencyCheck) stages.skip(name, switchedOff)
  else if (!namesDependencies(model)) stages.skip(name, 'no file of the package names a dependency')
  else await stages.run('dependency-check', () => checkPackageDependencies(model, dependencies, reactions))
}

/** Who signed the model, and whether it is what was signed. */
const judgeSignature = async (validation: Validation): Promise<StageOutcome | undefined> => {
  const { verification, policy, isPolicyGiven, stages } = validation
  const name = `${securityChecks}.codeAnalysis.codeSigningVerification`
  const isOn = policy.validation.securityChecks.codeAnalysis.codeSigningVerification
  const isAsked = isPolicyGiven || verification !== undefined
  if (!isOn || !isAsked) {
    stages.skip(name, isOn ? 'no policy was given that asks who signed the model' : switchedOff)
    return undefined
  }
  return stages.run('code-signing', () => {
    if (verification === undefined)
      return incompleteOutcome(
        'the policy asks who signed the model, and no verification was given; pass what verifyModel says as `verification`, or switch codeSigningVerification off',
      )
    const { verdict, findings, resources } = verification
    const [first] = findings
    return {
      verdict,
      measurements: { signedFiles: resources.length },
      findings,
      ...(verdict === 'incomplete' && first !== undefined ? { note: first.message } : {}),
    }
  })
}

/** Code analysis: what the files are, before anything is loaded. */
const analyseCode = async ({ model, policy, reactions, stages }: Validation) => {
  const switches = policy.validation.securityChecks.codeAnalysis
  const skip = (name: keyof typeof switches, reason: string): void =>
    stages.skip(`${securityChecks}.codeAnalysis.${name}`, reason)

  let scanned: Promise<PackageScan> | undefined
  const look = (name: string, isPart: (finding: Finding) => boolean) =>
    stages.run(name, async () => {
      scanned ??= scanPackage(model)
      const scan = await scanned
      return outcomeOfScan(scan, scan.findings.filter(isPart), reactions)
    })
  if (!switches.vulnerabilityScan) skip('vulnerabilityScan', switchedOff)
  if (!switches.backdoorDetection) skip('backdoorDetection', switchedOff)
  return {
    scan: switches.vulnerabilityScan
      ? await look('vulnerability-scan', (finding) => !isBackdoorSign(finding))
      : undefined,
    backdoors: switches.backdoorDetection ? await look('backdoor-detection', isBackdoorSign) : undefined,
  }
}

/** Examples on which validation asks whether its own attacks can be believed: enough for a share, seconds for a classifier. */
const honestyExamples = 24

/** Whether what the attacks left standing can be believed. What another stage has found is not found twice. */
const judgeAttacks = async (subject: Subject, { adversarial, clock, stages }: Validation): Promise<StageOutcome> => {
  if (subject.dataset === undefined) return incompleteOutcome('no dataset was given: made-up inputs say nothing of it')
  const { budgetMs, signal } = adversarial
  const options = { ...defaultHonestyOptions, examples: honestyExamples, budgetMs }
  const outcome = await testHonesty(subject, signal === undefined ? options : { ...options, signal }, clock)
  const known = new Set(stages.findings.map(({ rule }) => rule))
  return { ...outcome, findings: outcome.findings.filter(({ rule }) => !known.has(rule)) }
}

/** Behavioural analysis: what the model does when it runs. */
const analyseBehaviour = async (validation: Validation) => {
  const { policy, stages, clock } = validation
  const switches = policy.validation.securityChecks.behavioralAnalysis
  for (const [name, isOn] of Object.entries(switches)) {
    if (!isOn) stages.skip(`${securityChecks}.behavioralAnalysis.${name}`, switchedOff)
  }
  if (!Object.values(switches).includes(true)) return { kept: [] }
  let subject: Subject | undefined
  const opened = await stages.run('load', async () => {
    const { model, sessions, dataset, seed } = validation
    const bytes = modelBytes(model)
    subject = await openSubject({ path: model.path, model: readOnnx(bytes.main), bytes, sessions, dataset, seed })
    return { verdict: 'pass' as const, measurements: { bytes: bytes.main.length }, findings: [] }
  })
  if (subject === undefined) {
    stages.skip(`${securityChecks}.behavioralAnalysis`, `the model was not loaded: ${opened.verdict}`)
    return { kept: [] }
  }
  const open = subject
  try {
    if (switches.inputValidation) await stages.run('input-validation', () => testInputValidation(open))
    const outcomes = switches.outputStability
      ? [
          await stages.run('output-stability', () => testOutputStability(open)),
          await stages.run('robustness', () => testRobustness(open, validation.robustness, clock)),
          await stages.run('adversarial', () => testAdversarial(open, validation.adversarial, clock)),
          await stages.run('honesty', () => judgeAttacks(open, validation)),
        ]
      : []
    const share = policy.performanceMonitoring.thresholds.resourceUsage
    if (switches.resourceUsage) await stages.run('resource-usage', () => testResourceUsage(open, share))
    const performance = switches.performanceProfiling
      ? await stages.run('performance', () => testPerformance(open, clock))
      : undefined
    return {
      kept: outcomes.flatMap(({ kept }) => (kept === undefined ? [] : [kept])),
      p95Ms: performance?.verdict === 'pass' ? performance.measurements.latencyP95Ms : undefined,
    }
  } finally {
    await open.close()
  }
}

/** Privacy assessment: what the model card declares. */
const analysePrivacy = async ({ model, policy, stages }: Validation) => {
  const switches = policy.validation.securityChecks.privacyAssessment
  const topics = privacyTopics.filter((topic) => switches[topic])
  for (const topic of privacyTopics) {
    if (!switches[topic]) stages.skip(`${securityChecks}.privacyAssessment.${topic}`, switchedOff)
  }
  if (topics.length === 0) return undefined
  const outcome = assessDeclarations(model, topics)
  await stages.run('privacy', () => outcome)
  return outcome
}

/**
 * Decides whether a model may be admitted: code analysis, behavioural analysis, privacy assessment, then the scores
 * against their thresholds. The verdict is that of all stages together: one `fail` fails it, and what could not be done
 * leaves it `incomplete`. What was switched off, and what this version cannot do yet, stands in `skipped`.
 *
 * A model that the scan does not pass is never loaded.
 *
 * @throws NootropicError `USAGE` (a dataset that does not fit), `PEER_DEPENDENCY_MISSING`, `ISOLATION_UNAVAILABLE`; what
 *   is wrong with the model is in the report.
 * @example
 * ```ts
 * const report = await validate(await readModelPackage('./models/digits'), { sessions: createInProcessSessions() })
 * report.verdict // 'pass'
 * report.scores.securityScore // { value: 0.96, threshold: 0.8, basis: '1 - 0.5 x 0.08 of the clean answers lost …' }
 * ```
 */
export const validate = async (model: ModelPackage, options: ValidationOptions): Promise<Report> => {
  if (options.dataset !== undefined) verifyDataset(options.dataset)
  const clock = options.clock ?? systemClock
  const policy = options.policy ?? defaultPolicy.spec
  const stages = createStageRun(model.path, clock)
  const validation: Validation = {
    model,
    stages,
    clock,
    policy,
    isPolicyGiven: options.policy !== undefined,
    sessions: options.sessions,
    dataset: options.dataset,
    thresholds: { ...policy.validation.thresholds, ...options.thresholds },
    adversarial: options.adversarial ?? defaultAdversarialOptions,
    robustness: options.robustness ?? defaultRobustnessOptions,
    reactions: options.reactions ?? defaultReactions,
    dependencies: options.dependencies ?? {},
    verification: options.verification,
    seed: options.seed ?? 0,
  }
  const startedAt = clock.now().toISOString()
  const startedMs = clock.monotonicMs()

  const signature = await judgeSignature(validation)
  const { scan, backdoors } = await analyseCode(validation)
  await analyseDependencies(validation)
  // A model that nobody signed may still be looked at, in a sandbox; one that is not what was signed may not.
  const mayLoad =
    signature?.verdict !== 'fail' &&
    [scan, backdoors].every((outcome) => outcome === undefined || outcome.verdict === 'pass')
  if (!mayLoad)
    stages.skip(`${securityChecks}.behavioralAnalysis`, 'code analysis did not pass the model, so it was not loaded')
  const behaviour = mayLoad ? await analyseBehaviour(validation) : { kept: [] }
  const privacy = await analysePrivacy(validation)

  const { thresholds, reactions } = validation
  const scores: Record<string, Score> = {}
  if (scan !== undefined) {
    const counted = stages.findings.filter(
      ({ rule, severity }) => !rule.startsWith('privacy/') && reactions[severity] !== 'ignore',
    )
    scores.securityScore = scoreSecurity(counted, behaviour.kept, thresholds.securityScore)
  }
  if (privacy !== undefined) {
    scores.privacyScore = scorePrivacy(privacy.declared, privacy.required, thresholds.privacyScore)
  }
  if (behaviour.p95Ms !== undefined) {
    const limit = policy.performanceMonitoring.thresholds.maxLatency
    scores.performanceScore = scorePerformance(behaviour.p95Ms, limit, thresholds.performanceScore)
  }
  for (const name of ['securityScore', 'privacyScore', 'performanceScore']) {
    if (scores[name] === undefined) stages.skip(`score/${name}`, 'what it is computed from was not done')
  }
  await stages.run('scores', () => judgeScores(scores, model.path))

  return {
    subject: { path: model.path, format: 'onnx', digest: model.digest },
    verdict: combineVerdicts(stages.stages.map(({ verdict }) => verdict)),
    scores,
    findings: [...stages.findings],
    stages: [...stages.stages],
    skipped: [...stages.skipped],
    environment: {
      node: process.version,
      platform: `${process.platform}-${process.arch}`,
      seed: String(validation.seed),
    },
    startedAt,
    durationMs: Math.max(0, clock.monotonicMs() - startedMs),
  }
}
