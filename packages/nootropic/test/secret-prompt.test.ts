import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { createSecretPrompt } from '../src/secret-prompt.ts'

/** A terminal that says when it shows what is typed. */
const createTerminal = () => {
  const input = Object.assign(new PassThrough(), {
    setRawMode(isRaw: boolean) {
      shown.push(isRaw ? '<raw>' : '<echo>')
    },
  })
  const shown: string[] = []
  const ask = createSecretPrompt(input, { write: (text: string) => shown.push(text) })
  return { input, shown, ask }
}

const typed = async (keys: string | Buffer): Promise<string> => {
  const { input, ask } = createTerminal()
  const answer = ask('? ')
  input.write(keys)
  return (await answer).toString()
}

test('what is typed is not shown, from before the question until after the answer', async () => {
  const { input, shown, ask } = createTerminal()
  const answer = ask('Passphrase: ')
  input.write('sec')
  input.write('ret\r')
  expect((await answer).toString()).toBe('secret')
  expect(shown).toEqual(['<raw>', 'Passphrase: ', '<echo>', '\n'])
  expect(input.listenerCount('data')).toBe(0)
})

test('keys that edit the line edit it, and keys that move add nothing', async () => {
  expect(await typed('caf\u00e9\u007f\u007fke\n')).toBe('cake')
  expect(await typed('\b\u007fx\r')).toBe('x')
  expect(await typed('wrong\u0015right\r')).toBe('right')
  expect(await typed('a\u001b[Db\u001b[1;5Cc\u001bOPd\te\u001bx\r')).toBe('abcde')
  expect(await typed('end\u0004')).toBe('end')
  expect(await typed('\r')).toBe('')
  expect(await typed(`${'x'.repeat(5000)}\r`)).toHaveLength(1025)
})

test('two lines that were pasted at once answer two questions', async () => {
  const { input, ask } = createTerminal()
  const first = ask('1? ')
  input.write('one\rtwo\r')
  expect((await first).toString()).toBe('one')
  expect((await ask('2? ')).toString()).toBe('two')
})

test('an interrupt, an end of input and a terminal that is gone end the question', async () => {
  for (const keys of ['abc\u0003', '\u0004']) await expect(typed(keys)).rejects.toMatchObject({ code: 'ABORTED' })
  const { input, shown, ask } = createTerminal()
  const answer = ask('? ')
  input.end('half')
  await expect(answer).rejects.toMatchObject({ code: 'ABORTED' })
  expect(shown.at(-2)).toBe('<echo>')
})
