import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { openNootropic } from '../src/index.ts'

const bytesBelow = async (directory: string): Promise<string> => {
  const parts: string[] = []
  for (const name of await readdir(directory, { recursive: true })) {
    const path = join(directory, name)
    if ((await stat(path)).isFile()) parts.push(await readFile(path, 'latin1'))
  }
  return parts.join('\n')
}

test('no key, token, seed, code or challenge of a caller is in a file, an event or an error of the installation', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'nootropic-credentials-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const home = join(folder, 'home')
  const said: unknown[] = []
  const nootropic = await openNootropic({
    home,
    isolation: 'none',
    alertIntervalSeconds: 0,
    tidyEverySeconds: 0,
    onError: (error) => said.push(error),
  })
  nootropic.events.subscribe('', (event) => void said.push(event))
  const { keys, sessions, mfa } = nootropic
  const ada = { type: 'user', id: 'ada' }
  const expiresAt = new Date(Date.now() + 60_000)
  const refused = (work: Promise<unknown>): Promise<void> =>
    work.then(
      () => expect.unreachable('it was let through'),
      (error: Error) => void said.push(error, error.stack),
    )

  const key = await keys.create({ subject: ada, roles: ['caller'], expiresAt })
  const next = await keys.rotate(key.id, { overlapMs: 1000, expiresAt })
  const session = await sessions.create({ subject: ada, roles: ['caller'], binding: 'certificate-of-the-laptop' })
  const renewed = await sessions.renew(session.token, { binding: 'certificate-of-the-laptop', factor: 'totp' })
  const { secret: seed } = await mfa.totp.enrol(ada, { issuer: 'Models', account: 'ada' })
  const codes = await mfa.recoveryCodes.replace(ada)
  const operation = {
    subject: ada,
    session: session.id,
    action: 'delete',
    resource: { type: 'model', id: 'digits' },
    requestDigest: `sha256:${'0'.repeat(64)}`,
  } as const
  const { challenge } = await mfa.challenge(operation)
  const answer = { factor: 'recovery-code', code: codes[0] ?? '' } as const
  said.push(await mfa.prove({ challenge, operation, source: 'laptop', answer }))
  await refused(mfa.prove({ challenge, operation, source: 'laptop', answer }))

  const guess = 'nsk_live_somebodys-own-password'
  for (const credential of [key.secret, next.secret, session.token, renewed.token, guess, `${next.secret}x`]) {
    // No model has this name: whoever is let in is told so, and nobody gets further.
    await refused(nootropic.execute({ model: 'digits', inputs: {}, credential }))
    await refused(keys.revoke(credential))
  }
  said.push(await keys.list(), await sessions.list(ada), await mfa.totp.list(ada))
  for await (const entry of nootropic.audit.entries()) said.push(entry)
  await nootropic.close()

  const told = inspect(said, { depth: Number.POSITIVE_INFINITY, maxStringLength: null, maxArrayLength: null })
  const kept = `${await bytesBelow(home)}\n${told}`
  // Names may be there, which shows that the search finds what is there.
  for (const name of [key.id, session.id, 'user:ada']) expect(kept).toContain(name)
  const secrets = [key.secret, next.secret, session.token, renewed.token, guess, seed, challenge, ...codes]
  for (const secret of [...secrets, ...codes.map((code) => code.replaceAll('-', '')), 'certificate-of-the-laptop']) {
    expect(kept.includes(secret), `${secret.slice(0, 8)}…`).toBe(false)
  }
})
