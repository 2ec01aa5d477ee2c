import { userInfo } from 'node:os'
import { operand, type Verb } from '../verb.ts'
import { parsePolicyDocument } from './access-document.ts'
import { installationOptions, withInstallation } from './installation.ts'
import { countOption } from './number-option.ts'
import { quantity } from './quantity.ts'
import { readText } from './read-text.ts'

export const accessPublish: Verb = {
  name: 'access publish',
  operands: 'FILE',
  summary: 'let the rules of a file, YAML or JSON, decide who may do what, from the next decision on',
  options: {
    ...installationOptions,
    expect: {
      type: 'string',
      value: 'VERSION',
      description: 'refuse unless this is the version that counts now',
    },
  },
  async run(invocation, streams) {
    const path = operand(invocation, 0, 'a file of rules')
    const { rules, directory } = parsePolicyDocument(path, await readText('FILE', path, streams))
    const expected = countOption(invocation, 'expect', { least: 0, most: Number.MAX_SAFE_INTEGER })
    return withInstallation(invocation, streams, async ({ access: { policy } }) => {
      const expectedVersion = expected ?? (await policy.read()).version
      const author = `user:${userInfo().username}`
      const { version } = await policy.publish({ rules, directory, expectedVersion, author })
      return {
        exit: 0,
        document: { version, author, rules: rules.length },
        text: `policy version ${version} counts from the next decision on: ${quantity(rules.length, 'rule')}\n`,
      }
    })
  },
}
