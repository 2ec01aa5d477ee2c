import { digitAt, isVaried, passesLuhn, weightedSum } from '../check-digits.ts'
import { hasDay, nationalId } from './national-id.ts'

const isUsArea = (area: string): boolean => area !== '000' && area !== '666' && area < '900'
const itinGroup = /^9\d\d(?:5\d|6[0-5]|7\d|8[0-8]|9[0-24-9])/

const usSsn = nationalId({
  id: 'us-ssn',
  name: 'US Social Security number',
  layouts: ['3-2-4', '3 2 4', '9'],
  accepts: (value) => value.slice(3, 5) !== '00' && value.slice(5) !== '0000' && isUsArea(value.slice(0, 3)),
  alone: 0.1,
  aloneAs: { '3-2-4': 0.65, '3 2 4': 0.35 },
  context: ['ssn', 'ssns', 'social security', 'social', 'ss number', 'seguro social', 'social insurance'],
  source: 'Social Security Administration, RM 10201.035; randomised since 2011',
})

const usItin = nationalId({
  id: 'us-itin',
  name: 'US individual taxpayer number',
  layouts: ['3-2-4', '3 2 4', '9'],
  accepts: (value) => itinGroup.test(value),
  alone: 0.1,
  aloneAs: { '3-2-4': 0.65, '3 2 4': 0.35 },
  context: ['itin', 'individual taxpayer', 'taxpayer identification'],
  source: 'Internal Revenue Manual 3.21.263',
})

const caSin = nationalId({
  id: 'ca-sin',
  name: 'Canadian social insurance number',
  layouts: ['3-3-3', '3 3 3', '9'],
  accepts: (value) => isVaried(value) && passesLuhn(value),
  alone: 0.15,
  aloneAs: { '3-3-3': 0.5, '3 3 3': 0.45 },
  context: ['sin', 'social insurance', 'nas', 'assurance sociale'],
  source: 'Employment and Social Development Canada, SIN code of practice',
})

const cpfWeights = [11, 10, 9, 8, 7, 6, 5, 4, 3, 2]
const cpfFirstWeights = cpfWeights.slice(1)
const modulo11Digit = (sum: number): number => (sum % 11 < 2 ? 0 : 11 - (sum % 11))

const brCpf = nationalId({
  id: 'br-cpf',
  name: 'Brazilian CPF',
  layouts: ['3.3.3-2', '9-2', '11'],
  accepts: (value) =>
    isVaried(value) &&
    digitAt(value, 9) === modulo11Digit(weightedSum(value, cpfFirstWeights)) &&
    digitAt(value, 10) === modulo11Digit(weightedSum(value, cpfWeights)),
  alone: 0.4,
  aloneAs: { '3.3.3-2': 0.95, '9-2': 0.7 },
  context: ['cpf', 'cadastro de pessoas', 'contribuinte'],
  source: 'Receita Federal, IN RFB 2172/2024',
})

const cnpjWeights = [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]
const cnpjFirstWeights = cnpjWeights.slice(1)
const cnpjForm = /^[0-9A-Z]{12}\d\d$/

const brCnpj = nationalId({
  id: 'br-cnpj',
  name: 'Brazilian CNPJ',
  layouts: ['2.3.3/4-2', '14', 'X14'],
  // Letters came in 2026: each counts as its ASCII code less 48, as digits do.
  accepts: (value) =>
    cnpjForm.test(value) &&
    isVaried(value) &&
    digitAt(value, 12) === modulo11Digit(weightedSum(value, cnpjFirstWeights)) &&
    digitAt(value, 13) === modulo11Digit(weightedSum(value, cnpjWeights)),
  alone: 0.4,
  aloneAs: { '2.3.3/4-2': 0.95 },
  context: ['cnpj', 'cadastro nacional'],
  source: 'Receita Federal, IN RFB 2229/2024',
})

const cuilPrefixes = ['20', '23', '24', '25', '26', '27', '30', '33', '34']

const arCuil = nationalId({
  id: 'ar-cuil',
  name: 'Argentine CUIL or CUIT',
  layouts: ['2-8-1', '11'],
  accepts: (value) => {
    const check = 11 - (weightedSum(value, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11)
    return cuilPrefixes.includes(value.slice(0, 2)) && digitAt(value, 10) === check % 11
  },
  alone: 0.3,
  aloneAs: { '2-8-1': 0.85 },
  context: ['cuil', 'cuit', 'clave unica'],
  source: 'ANSES / ARCA',
})

const clRut = nationalId({
  id: 'cl-rut',
  name: 'Chilean RUN or RUT',
  layouts: ['2.3.3-1', '1.3.3-1', '2.3.3-A1', '1.3.3-A1', '8-1', '7-1', '8-A1', '7-A1'],
  accepts: (value) => {
    const [body, check] = [value.slice(0, -1), value.slice(-1)]
    let sum = 0
    for (let at = body.length - 1, weight = 2; at >= 0; at -= 1, weight = weight === 7 ? 2 : weight + 1)
      sum += digitAt(body, at) * weight
    return check === '0123456789K'[(11 - (sum % 11)) % 11]
  },
  alone: 0.4,
  aloneAs: { '2.3.3-1': 0.85, '1.3.3-1': 0.8, '2.3.3-A1': 0.9, '1.3.3-A1': 0.9, '8-A1': 0.6 },
  context: ['rut', 'run', 'rol unico', 'cedula'],
  source: 'Servicio de Registro Civil e Identificación',
})

const curpForm = /^[A-Z][AEIOUX][A-Z]{2}\d{6}[HMX][A-Z]{5}[A-Z0-9]\d$/
const curpAlphabet = '0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ'

const mxCurp = nationalId({
  id: 'mx-curp',
  name: 'Mexican CURP',
  layouts: ['X18'],
  accepts: (value) => {
    if (!curpForm.test(value) || !hasDay(value, 6, 8)) return false
    let sum = 0
    for (let at = 0; at < 17; at += 1) sum += curpAlphabet.indexOf(value[at] as string) * (18 - at)
    return (10 - (sum % 10)) % 10 === digitAt(value, 17)
  },
  alone: 0.95,
  context: ['curp', 'clave unica'],
  source: 'Registro Nacional de Población, DOF 18 October 2021',
})

/** National numbers of the Americas. */
export const americanIds = [usSsn, usItin, caSin, brCpf, brCnpj, arCuil, clRut, mxCurp]
