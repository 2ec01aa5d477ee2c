import { combineVerdicts, type Report, type Score, systemClock } from '@nootropic/core'
import type { ModelPackage } from '@nootropic/core/formats'
import { defaultPolicy } from '@nootropic/core/manifest'
import { analyseBehaviour } from './analysis/analyse-behaviour.ts'
import { analyseCode, analyseDependencies, judgeSignature } from './analysis/analyse-code.ts'
import { analysePrivacy } from './analysis/analyse-privacy.ts'
import { securityChecks, type Validation, type ValidationOptions } from './analysis/validation.ts'
import { defaultAdversarialOptions } from './behaviour/adversarial.ts'
import { verifyDataset } from './behaviour/dataset.ts'
import { defaultRobustnessOptions } from './behaviour/robustness.ts'
import { defaultReactions } from './reactions.ts'
import { judgeScores, scorePerformance, scorePrivacy, scoreSecurity } from './scores.ts'
import { createStageRun } from './stages.ts'

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
