import { expect, test } from 'vitest'
import { errorCatalog, isNootropicError, NootropicError } from '../src/index.ts'

test('an error is recognised by its mark, so two installed copies of the package agree', async () => {
  const secondCopy = '../src/errors.ts?copy'
  const copy = (await import(secondCopy)) as typeof import('../src/errors.ts')
  const error = new copy.NootropicError('USAGE', 'expected a path')
  expect(error).not.toBeInstanceOf(NootropicError)
  expect(isNootropicError(error)).toBe(true)
  expect(isNootropicError(error, 'USAGE')).toBe(true)
  expect(isNootropicError(error, 'INTERNAL')).toBe(false)
})

test('what is no error of nootropic is not taken for one', () => {
  for (const value of [new Error('x'), { code: 'USAGE' }, undefined, null, 'USAGE'])
    expect(isNootropicError(value)).toBe(false)
})

test('the cause, the details and the kind stay with the error', () => {
  const cause = new Error('disk full')
  const error = new NootropicError('AUDIT_UNAVAILABLE', 'cannot append', { cause, details: { path: 'audit' } })
  expect(error.cause).toBe(cause)
  expect(error.details).toEqual({ path: 'audit' })
  expect(error.kind).toBe('refused')
  expect('cause' in new NootropicError('USAGE', 'x')).toBe(false)
})

test('every code says what it is and what to do, in sentences', () => {
  for (const [code, { summary, remedy }] of Object.entries(errorCatalog)) {
    expect(code).toMatch(/^[A-Z]+(_[A-Z]+)*$/)
    expect(summary).toMatch(/^[A-Z].*\.$/)
    expect(remedy).toMatch(/^[A-Z].*\.$/)
  }
})
