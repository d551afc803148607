/** Checks that a value has the shape that the client relies on. Extra fields are allowed: servers may be newer. */
export type Shape = (value: unknown) => boolean

export const text: Shape = (value) => typeof value === 'string'
export const number: Shape = (value) => typeof value === 'number' && Number.isFinite(value)
export const bool: Shape = (value) => typeof value === 'boolean'

/** An absent field, or one of the shape. */
export const optional =
  (shape: Shape): Shape =>
  (value) =>
    value === undefined || shape(value)

export const list =
  (shape: Shape): Shape =>
  (value) =>
    Array.isArray(value) && value.every(shape)

/** An object of any keys whose values all have the shape. */
export const map =
  (shape: Shape): Shape =>
  (value) =>
    isObject(value) && Object.values(value).every(shape)

/** An object with these fields. */
export const object = (fields: Readonly<Record<string, Shape>>): Shape => {
  const entries = Object.entries(fields)
  return (value) => isObject(value) && entries.every(([name, shape]) => shape(own(value, name)))
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A field of the object itself, never of its prototype. */
export function own(value: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(value, name) ? value[name] : undefined
}
