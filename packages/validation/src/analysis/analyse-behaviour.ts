import { modelBytes, readOnnx } from '@nootropic/core/formats'
import { testAdversarial } from '../behaviour/adversarial.ts'
import { defaultHonestyOptions } from '../behaviour/honesty/index.ts'
import { testInputValidation } from '../behaviour/input-validation.ts'
import { testOutputStability } from '../behaviour/output-stability.ts'
import { testPerformance } from '../behaviour/performance.ts'
import { testResourceUsage } from '../behaviour/resource-usage.ts'
import { testRobustness } from '../behaviour/robustness.ts'
import { openSubject, type Subject } from '../behaviour/subject.ts'
import { testHonesty } from '../behaviour/test-honesty.ts'
import { incompleteOutcome, type StageOutcome } from '../outcome.ts'
import { securityChecks, switchedOff, type Validation } from './validation.ts'

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
export const analyseBehaviour = async (validation: Validation) => {
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
