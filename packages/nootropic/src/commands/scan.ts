import { resolve } from 'node:path'
import { combineVerdicts } from '@nootropic/core'
import { scanPath } from '@nootropic/validation'
import { operand, type Verb } from '../verb.ts'
import { reportText } from './register.ts'

export const scan: Verb = {
  name: 'scan',
  operands: 'PATH',
  summary: 'look for what is dangerous in model files, without loading them',
  options: {},
  async run(invocation, { directory }) {
    const reports = await scanPath(resolve(directory, operand(invocation, 0, 'a file or a directory')))
    const verdict = combineVerdicts(reports.map((report) => report.verdict))
    return {
      exit: verdict === 'pass' ? 0 : verdict === 'fail' ? 1 : 4,
      document: { verdict, reports },
      text: `${reports.map(reportText).join('\n')}\n${verdict}\n`,
    }
  },
}
