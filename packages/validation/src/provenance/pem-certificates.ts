import { NootropicError } from '@nootropic/core'
import { type Certificate, readCertificate } from './certificate.ts'

const pemCertificate = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/g

/**
 * The certificates of a PEM text, in DER.
 *
 * @throws NootropicError `CONFIGURATION_INVALID` when there is none
 */
export const certificatesOfPem = (pem: string): Buffer[] => {
  const found = [...pem.matchAll(pemCertificate)].map(([, body = '']) => Buffer.from(body, 'base64'))
  if (found.length > 0) return found
  throw new NootropicError(
    'CONFIGURATION_INVALID',
    'expected certificates in PEM (-----BEGIN CERTIFICATE-----), found none',
  )
}

/**
 * Certificates that a policy names.
 *
 * @throws NootropicError `CONFIGURATION_INVALID`
 */
export const loadCertificates = (pem: string): Certificate[] =>
  certificatesOfPem(pem).map((der) => {
    try {
      return readCertificate(der)
    } catch (cause) {
      throw new NootropicError(
        'CONFIGURATION_INVALID',
        `expected a certificate of X.509 version 3 in PEM, found ${(cause as Error).message}`,
        { cause },
      )
    }
  })
