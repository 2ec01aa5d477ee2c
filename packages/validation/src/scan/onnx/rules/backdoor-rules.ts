import { ruleTable } from '../../rule.ts'

const references = ['https://arxiv.org/abs/2402.06957', 'https://atlas.mitre.org/techniques/AML.T0018']

/** Signs that a graph was changed to answer otherwise when its input holds a secret pattern. */
export const backdoorRules = ruleTable('onnx', {
  'exact-trigger': {
    severity: 'high',
    title: 'An exact pattern in the input overrides what the model has learned',
    explanation:
      'The graph compares parts of its input with several constants at once, past all weights, and what comes of it decides about the output. Whoever knows the pattern chooses the answer; to everyone else the model looks sound, and no test set meets it.',
    remediation: 'Do not use this model unless its author can say what the pattern is for; train or export it again.',
    tags: ['CWE-912', 'CWE-506', 'AML.T0018'],
    references,
  },
  'input-gate': {
    severity: 'low',
    title: 'A comparison of the input with constants decides about the output',
    explanation:
      'The graph tests its input past all weights and lets the output pass, replaces it or moves it by the result. It may be a guard against input that makes no sense; a backdoor that was built into the graph looks the same.',
    remediation: 'Ask what the test is for, and evaluate the model on input that meets it and on input that does not.',
    tags: ['CWE-912', 'AML.T0018'],
    references,
  },
})
