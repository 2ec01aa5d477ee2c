import { expect, test } from 'vitest'
import { resolvePath } from '../../src/manifest/index.ts'

const context = { env: { DATA: '/data', EMPTY: '', RELATIVE: 'sub' }, home: '/home/ada', base: '/srv/security' }
const variable = (name: string): string => `\${env:${name}}`

test('paths are expanded in the three ways that the format knows', () => {
  expect(resolvePath('~/.nootropic/keys', context)).toBe('/home/ada/.nootropic/keys')
  expect(resolvePath('~', context)).toBe('/home/ada')
  expect(resolvePath('./reports', context)).toBe('/srv/security/reports')
  expect(resolvePath('/abs/../x', context)).toBe('/x')
  expect(resolvePath(`${variable('DATA')}/models`, context)).toBe('/data/models')
  expect(resolvePath(`~/${variable('RELATIVE')}/x`, context)).toBe('/home/ada/sub/x')
})

test('an unset or empty variable and an unknown expansion are errors', () => {
  for (const value of [variable('MISSING'), `${variable('EMPTY')}/models`, '$HOME/x', '~root/x', '', 'a\0b']) {
    expect(() => resolvePath(value, context), value).toThrow(expect.objectContaining({ code: 'CONFIGURATION_INVALID' }))
  }
  expect(() => resolvePath(variable('MISSING'), context)).toThrow('environment variable MISSING')
})
