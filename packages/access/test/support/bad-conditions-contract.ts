import { isNootropicError } from '@nootropic/core'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import type { Owner } from '../../src/credentials/owner.ts'
import {
  type Attempt,
  badCredentials,
  type Credentials,
  conditions,
  createSteppedClock,
  goodCredentials,
  openCredentials,
} from './bad-credentials.ts'

const day = 24 * 60 * 60 * 1000
const steps = { 'a day ahead': day, 'a day back': -day, 'ten years ahead': 3652 * day, 'ten years back': -3652 * day }

/** Makes the attempt, which must be refused: typed, on record, and with nothing granted. */
export const expectRefused = async (
  { log }: Credentials,
  attempt: Attempt,
  label: string,
  code = 'CREDENTIAL_INVALID',
): Promise<void> => {
  const before = log.entries.length
  const error = await attempt().then(
    (granted) => `granted ${JSON.stringify(granted)}`,
    (thrown: unknown) => thrown,
  )
  expect(isNootropicError(error) ? error.code : error, label).toBe(code)
  const recorded = log.entries.slice(before).map(({ outcome }) => outcome)
  expect(recorded.length > 0 && recorded.every((outcome) => outcome === 'denied' || outcome === 'failed'), label).toBe(
    !log.isFull,
  )
}

/** What must hold of bad credentials and bad clocks on every engine. `newLocation` names an empty database. */
export const badConditionsContract = (newLocation: () => Promise<string>): void => {
  let location: string
  beforeAll(async () => {
    location = await newLocation()
  })
  const open = async (clock = createSteppedClock()): Promise<Credentials> => {
    const credentials = await openCredentials(location, clock)
    onTestFinished(() => credentials.database.close())
    return credentials
  }
  // One database for all tests, and nobody twice.
  let subjects = 0
  const newSubject = (): Owner => {
    subjects += 1
    return { type: 'user', id: `user-${subjects}` }
  }
  /** Credentials whose process ends and begins anew, with those who hold them none the wiser. */
  const openRestartable = async () => {
    const all: Credentials = { ...(await open()) }
    const restart = async (): Promise<void> => void Object.assign(all, await open(all.clock))
    return { all, restart }
  }

  for (const [kind, byCondition] of Object.entries(badCredentials)) {
    const possible = conditions.filter((condition) => typeof byCondition[condition] === 'function')

    test(`${kind}, ${possible.join(', ')}: each is refused, typed, on record and grants nothing`, async () => {
      const all = await open()
      const messages = new Set<string>()
      for (const condition of possible) {
        const prepare = byCondition[condition]
        if (typeof prepare === 'string') continue
        const attempt = await prepare(all, newSubject())
        const outcome = attempt()
        await expectRefused(all, () => outcome, `${kind}, ${condition}`)
        messages.add(await outcome.then(String, String))
        expect(JSON.stringify(all.log.entries)).not.toMatch(/nsk_|nss_/)
      }
      // Whoever guesses learns nothing from the answer.
      expect(messages.size).toBe(1)
    })

    test(`${kind}: where the record cannot be written, a bad one is refused for that`, async () => {
      const all = await open()
      for (const condition of possible) {
        const prepare = byCondition[condition]
        if (typeof prepare === 'string') continue
        const attempt = await prepare(all, newSubject())
        all.log.isFull = true
        await expectRefused(all, attempt, `${kind}, ${condition}`, 'AUDIT_UNAVAILABLE')
        all.log.isFull = false
      }
    })
  }

  test('every credential is tried under every condition, or it is said why not', () => {
    const cells = Object.values(badCredentials).flatMap((byCondition) => conditions.map((name) => byCondition[name]))
    expect(cells).toHaveLength(6 * 6)
    expect(cells.filter((cell) => typeof cell === 'string')).toHaveLength(2)
  })

  test('without a record nothing is begun, renewed, made or proved', async () => {
    const all = await open()
    const subject = newSubject()
    const { token } = await all.sessions.create({ subject, roles: [] })
    const expiresAt = new Date(all.clock.now().getTime() + day)
    const { id } = await all.keys.create({ subject, roles: [], expiresAt })
    const attempts: Record<string, Attempt> = {
      'a session': () => all.sessions.create({ subject, roles: [] }),
      'a renewal': () => all.sessions.renew(token),
      'a key': () => all.keys.create({ subject, roles: [], expiresAt }),
      'a successor': () => all.keys.rotate(id, { overlapMs: 0, expiresAt }),
    }
    for (const [kind, prepare] of Object.entries(goodCredentials)) {
      // That a key or a session was used is on the record of whoever lets them in.
      if (kind !== 'API key' && kind !== 'session') attempts[kind] = await prepare(all, subject)
    }
    all.log.isFull = true
    for (const [label, attempt] of Object.entries(attempts)) {
      await expectRefused(all, attempt, label, 'AUDIT_UNAVAILABLE')
    }
  })

  test('whatever somebody does to the clock, before or after a restart, what had ended does not come back', async () => {
    const { all, restart } = await openRestartable()
    const ended: [string, Attempt][] = []
    for (const [kind, byCondition] of Object.entries(badCredentials)) {
      for (const condition of ['expired', 'revoked', 'replayed'] as const) {
        const prepare = byCondition[condition]
        if (typeof prepare === 'string') continue
        ended.push([`${kind}, ${condition}`, await prepare(all, newSubject())])
      }
    }
    for (const [name, step] of Object.entries(steps)) {
      all.clock.step(step)
      for (const [label, attempt] of ended) await expectRefused(all, attempt, `${label}, ${name}`)
      await restart()
      for (const [label, attempt] of ended) await expectRefused(all, attempt, `${label}, ${name}, after a restart`)
      all.clock.step(-step)
      await restart()
    }
  })

  // In the process that was there before the step, and in one that began after it. Set back, the first goes on with its own
  // time, and the second finds credentials from the future.
  const alive: Record<string, Record<keyof typeof steps, readonly [running: boolean, restarted: boolean]>> = {
    'API key': {
      'a day ahead': [true, true],
      'a day back': [true, false],
      'ten years ahead': [false, false],
      'ten years back': [true, false],
    },
    'recovery code': {
      'a day ahead': [false, false],
      'a day back': [true, false],
      'ten years ahead': [false, false],
      'ten years back': [true, false],
    },
  }
  // All others live for minutes or hours, or answer a challenge that does.
  for (const kind of ['session', 'time-based code', 'passkey']) alive[kind] = { ...alive['recovery code'] } as never

  test('a clock that is set ahead ends what it must; one that is set back ends what comes from the future', async () => {
    for (const [kind, prepare] of Object.entries(goodCredentials)) {
      for (const [name, step] of Object.entries(steps)) {
        for (const [index, isRestarted] of [false, true].entries()) {
          const { all, restart } = await openRestartable()
          const attempt = await prepare(all, newSubject())
          all.clock.step(step)
          if (isRestarted) await restart()
          const label = `${kind}, ${name}${isRestarted ? ', after a restart' : ''}`
          if (alive[kind]?.[name as keyof typeof steps][index] === true) await attempt()
          else await expectRefused(all, attempt, label)
        }
      }
    }
  })
}
