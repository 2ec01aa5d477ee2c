import { floatAttribute, textAttribute } from '../attributes.ts'
import { type Expressions, expressionsOf } from '../expressions.ts'
import type { ReverseRule, ReverseStep } from '../rule.ts'

/** What a derivative is written in: the input x, the output y and the node's attributes. */
interface Point extends Expressions {
  readonly x: string
  readonly y: string
  /** A FLOAT attribute, or the operator's own default. */
  attribute(name: string, fallback: number): number
  /** A STRING attribute, or the operator's own default. */
  text(name: string, fallback: string): string
}

type Derivative = (point: Point) => string

/** Where SELU bends, and how steep it is beyond: ONNX's own defaults, the float32 numbers of Klambauer et al. (2017). */
const selu = { alpha: 1.6732632423543772, gamma: 1.0507009873554805 }

const geluExact: Derivative = ({ x, add, mul, square, apply }) => {
  const cumulative = mul(0.5, add(1, apply('Erf', mul(x, Math.SQRT1_2))))
  const density = mul(1 / Math.sqrt(2 * Math.PI), apply('Exp', mul(-0.5, square(x))))
  return add(cumulative, mul(x, density))
}

/** Hendrycks and Gimpel 2016: the cumulative normal as a tanh of a cubic. */
const geluTanh: Derivative = ({ x, add, sub, mul, square, apply }) => {
  const scale = Math.sqrt(2 / Math.PI)
  const cubic = 0.044715
  const bend = apply('Tanh', mul(scale, x, add(1, mul(cubic, square(x)))))
  const inner = mul(scale, add(1, mul(3 * cubic, square(x))))
  return mul(0.5, add(1, bend, mul(x, sub(1, square(bend)), inner)))
}

/**
 * dy/dx of each operator that maps every element by itself. At a kink the derivative is PyTorch's: 0 for Abs, Shrink and
 * the flat side of all that clip, the left one (alpha) for Elu, Celu and Selu. HardSwish takes the outer ones, 0 and 1.
 */
const derivatives: Readonly<Record<string, Derivative>> = {
  Abs: ({ x, apply }) => apply('Sign', x),
  Acos: ({ x, sub, div, square, apply }) => div(-1, apply('Sqrt', sub(1, square(x)))),
  Acosh: ({ x, sub, div, square, apply }) => div(1, apply('Sqrt', sub(square(x), 1))),
  Asin: ({ x, sub, div, square, apply }) => div(1, apply('Sqrt', sub(1, square(x)))),
  Asinh: ({ x, add, div, square, apply }) => div(1, apply('Sqrt', add(square(x), 1))),
  Atan: ({ x, add, div, square }) => div(1, add(1, square(x))),
  Atanh: ({ x, sub, div, square }) => div(1, sub(1, square(x))),
  Celu: ({ x, div, apply, greater, where, attribute }) =>
    where(greater(x, 0), 1, apply('Exp', div(x, attribute('alpha', 1)))),
  Cos: ({ x, apply }) => apply('Neg', apply('Sin', x)),
  Cosh: ({ x, apply }) => apply('Sinh', x),
  Elu: ({ x, y, add, greater, where, attribute }) => where(greater(x, 0), 1, add(y, attribute('alpha', 1))),
  Erf: ({ x, mul, square, apply }) => mul(2 / Math.sqrt(Math.PI), apply('Exp', apply('Neg', square(x)))),
  Exp: ({ y }) => y,
  Gelu: (point) => (point.text('approximate', 'none') === 'tanh' ? geluTanh(point) : geluExact(point)),
  HardSigmoid: ({ y, mul, greater, where, attribute }) => {
    const isInside = (from: string | number, to: string | number): string => where(greater(to, from), 1, 0)
    return mul(isInside(0, y), isInside(y, 1), attribute('alpha', 0.2))
  },
  HardSwish: ({ x, add, div, greater, where }) =>
    where(greater(3, x), where(greater(x, -3), add(div(x, 3), 0.5), 0), 1),
  Log: ({ x, div }) => div(1, x),
  Mish: ({ x, add, sub, mul, square, apply }) => {
    const bend = apply('Tanh', apply('Softplus', x))
    return add(bend, mul(x, sub(1, square(bend)), apply('Sigmoid', x)))
  },
  Reciprocal: ({ y, square, apply }) => apply('Neg', square(y)),
  Selu: ({ x, y, add, greater, where, attribute }) => {
    const gamma = attribute('gamma', selu.gamma)
    return where(greater(x, 0), gamma, add(y, gamma * attribute('alpha', selu.alpha)))
  },
  Shrink: ({ x, apply, greater, where, attribute }) => where(greater(apply('Abs', x), attribute('lambd', 0.5)), 1, 0),
  Sin: ({ x, apply }) => apply('Cos', x),
  Sinh: ({ x, apply }) => apply('Cosh', x),
  Softplus: ({ x, apply }) => apply('Sigmoid', x),
  Softsign: ({ x, add, div, square, apply }) => div(1, square(add(1, apply('Abs', x)))),
  Sqrt: ({ y, div }) => div(0.5, y),
  Swish: ({ x, y, add, sub, mul, apply, attribute }) => {
    const alpha = attribute('alpha', 1)
    const gate = apply('Sigmoid', mul(alpha, x))
    return add(gate, mul(alpha, y, sub(1, gate)))
  },
  Tan: ({ y, add, square }) => add(1, square(y)),
  ThresholdedRelu: ({ x, greater, where, attribute }) => where(greater(x, attribute('alpha', 1)), 1, 0),
}

const pointOf = ({ node, input, output, graph }: ReverseStep): Point => ({
  ...expressionsOf(graph),
  x: input(0),
  y: output,
  attribute: (name, fallback) => floatAttribute(node, name, fallback),
  text: (name, fallback) => textAttribute(node, name, fallback),
})

/** y = f(x) element by element: dx = dy f'(x). */
export const unaryRules: readonly (readonly [string, ReverseRule])[] = Object.entries(derivatives).map(
  ([operator, derivative]) => [operator, (step) => [step.graph.add('Mul', [step.slope, derivative(pointOf(step))])]],
)
