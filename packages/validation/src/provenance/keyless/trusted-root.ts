import { readFileSync, statSync } from 'node:fs'
import { NootropicError } from '@nootropic/core'
import { z } from 'zod'
import { readPublicTrustedRoot } from './sigstore-libraries.ts'

/** Trusted roots hold some ten keys and certificates (CWE-770). */
const maximumBytes = 2 ** 20

// A key without a start is valid since ever to @sigstore/verify 3.1.1, also before its owner made it: whoever holds an old
// log's time could date a signature back. Every key and authority must say since when it counts (CWE-298).
const validitySchema = z.looseObject({ start: z.iso.datetime(), end: z.iso.datetime().nullish() })
const logSchema = z.looseObject({ publicKey: z.looseObject({ validFor: validitySchema }) })
const authoritySchema = z.looseObject({ validFor: validitySchema })

const trustedRootSchema = z.looseObject({
  mediaType: z.string().regex(/^application\/vnd\.dev\.sigstore\.trustedroot(\+json;version=0\.1|\.v0\.[12]\+json)$/),
  tlogs: z.array(logSchema).min(1),
  certificateAuthorities: z.array(authoritySchema).min(1),
  ctlogs: z.array(logSchema).min(1),
  timestampAuthorities: z.array(authoritySchema).default([]),
})

/** The trusted root inside a client's trust configuration, or what was given. */
const unwrap = (document: unknown): unknown =>
  typeof document === 'object' && document !== null && 'trustedRoot' in document ? document.trustedRoot : document

/**
 * Checks a trusted root of Sigstore (`trusted_root.json`), or the one inside a client trust configuration.
 *
 * @param name what the text is, for messages.
 * @throws NootropicError `CONFIGURATION_INVALID`, also where a key or authority does not say since when it is valid.
 */
const parseTrustedRoot = (text: string, name: string): Readonly<Record<string, unknown>> => {
  const refuse = (found: string): never => {
    throw new NootropicError(
      'CONFIGURATION_INVALID',
      `expected ${name} to be a trusted root of Sigstore, found ${found}`,
    )
  }
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch {
    return refuse('no JSON')
  }
  const { data, error } = trustedRootSchema.safeParse(unwrap(document))
  if (data !== undefined) return data
  const [issue] = error.issues
  return refuse(`at ${issue?.path.join('.') || 'its start'}: ${issue?.message}`)
}

/**
 * Reads a trusted root from a file, or without one that of the public Sigstore from the package `@sigstore/tuf`.
 *
 * @throws NootropicError `FILE_UNREADABLE`, `CONFIGURATION_INVALID` or `PEER_DEPENDENCY_MISSING`
 */
export const readTrustedRoot = (path?: string): Readonly<Record<string, unknown>> => {
  if (path === undefined) return parseTrustedRoot(readPublicTrustedRoot(), 'trusted_root.json of @sigstore/tuf')
  let text: string
  try {
    const { size } = statSync(path)
    if (size > maximumBytes) {
      throw new NootropicError(
        'LIMIT_EXCEEDED',
        `expected ${path} to have at most ${maximumBytes} bytes, found ${size}`,
      )
    }
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    if (cause instanceof NootropicError) throw cause
    const found = (cause as NodeJS.ErrnoException).code ?? String(cause)
    throw new NootropicError('FILE_UNREADABLE', `expected ${path} to be a file that can be read, found ${found}`, {
      cause,
    })
  }
  return parseTrustedRoot(text, path)
}
