import type { NodeProto } from '@nootropic/core/formats'

const attributeOf = (node: NodeProto, name: string): NodeProto['attribute'][number] | undefined =>
  node.attribute.find((attribute) => attribute.name === name)

/** An INT attribute, or `fallback`, which is the operator's own default. */
export const integerAttribute = (node: NodeProto, name: string, fallback: number): number =>
  Number(attributeOf(node, name)?.i ?? fallback)

/** A FLOAT attribute, or `fallback`. */
export const floatAttribute = (node: NodeProto, name: string, fallback: number): number =>
  attributeOf(node, name)?.f ?? fallback

/** An INTS attribute, or nothing when the node leaves it out. */
export const integersAttribute = (node: NodeProto, name: string): number[] | undefined =>
  attributeOf(node, name)?.ints.map(Number)

/** A FLOATS attribute, or nothing when the node leaves it out. */
export const floatsAttribute = (node: NodeProto, name: string): readonly number[] | undefined =>
  attributeOf(node, name)?.floats

/** A STRINGS attribute, or nothing when the node leaves it out. */
export const textsAttribute = (node: NodeProto, name: string): string[] | undefined =>
  attributeOf(node, name)?.strings.map((bytes) => new TextDecoder().decode(bytes))

/** A STRING attribute, or `fallback`. */
export const textAttribute = (node: NodeProto, name: string, fallback: string): string => {
  const bytes = attributeOf(node, name)?.s
  return bytes === undefined ? fallback : new TextDecoder().decode(bytes)
}
