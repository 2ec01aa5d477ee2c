import { ruleTable } from '../rule.ts'

/** What makes a booster's model unsafe. */
export const boosterRules = ruleTable('boosters', {
  'child-out-of-range': {
    severity: 'high',
    title: 'A tree leads to a node that it does not have',
    explanation:
      'Predictors written in C++ follow the numbers of children without looking. A number outside the tree reads, and with that may disclose or run into, foreign memory.',
    remediation: 'Do not load the model. Export it again from its source.',
    tags: ['CWE-125', 'CWE-129', 'AML.T0011'],
  },
  'tree-cycle': {
    severity: 'high',
    title: 'A tree leads back to itself',
    explanation:
      'A node is reached twice. A prediction that enters the circle never ends: one request holds a thread for ever.',
    remediation: 'Do not load the model. Export it again from its source.',
    tags: ['CWE-835', 'CWE-400', 'AML.T0029'],
  },
  'feature-out-of-range': {
    severity: 'high',
    title: 'A tree splits on a feature that the model does not have',
    explanation: 'The predictor indexes its row of features by the number in the file, and reads outside of the row.',
    remediation: 'Do not load the model. Export it again from its source.',
    tags: ['CWE-125', 'CWE-129', 'AML.T0011'],
  },
  'class-out-of-range': {
    severity: 'high',
    title: 'A tree adds to an output that the model does not have',
    explanation:
      'The predictor adds the leaf’s value to the output that the file names, and writes outside of the outputs.',
    remediation: 'Do not load the model. Export it again from its source.',
    tags: ['CWE-787', 'CWE-129', 'AML.T0011'],
  },
  'array-length': {
    severity: 'high',
    title: 'An array of a tree has another length than the tree',
    explanation:
      'A tree is kept in arrays of one length. Where one is shorter, the predictor reads behind its end as soon as it comes to the missing node.',
    remediation: 'Do not load the model. Export it again from its source.',
    tags: ['CWE-125', 'CWE-131', 'AML.T0011'],
  },
  'size-beyond-file': {
    severity: 'high',
    title: 'A size in the model reaches beyond the file',
    explanation:
      'A length or offset says that there are more bytes than there are. A reader that trusts it allocates without bound or reads foreign memory.',
    remediation: 'Do not load the model. Get it again and compare its digest.',
    tags: ['CWE-125', 'CWE-789', 'CWE-805', 'AML.T0011'],
  },
  'tree-count': {
    severity: 'medium',
    title: 'The model has another number of trees than it says',
    explanation:
      'Trees that are not counted are not seen by those who review the model by its header, and trees that are counted and missing are read from elsewhere.',
    remediation: 'Compare the model with its source.',
    tags: ['CWE-130', 'CWE-131'],
  },
  'non-finite-value': {
    severity: 'low',
    title: 'A leaf holds no number',
    explanation:
      'A leaf that is NaN or infinite makes every sum that it is part of the same: chosen inputs switch the model off.',
    remediation: 'Find out why training gave the value; compare with an earlier version.',
    tags: ['CWE-682', 'AML.T0018.000'],
  },
})
