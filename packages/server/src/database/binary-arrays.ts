// Arrays as PostgreSQL's binary format has them. As text, each element is quoted here, found again there character by
// character, and then read from its own text; so written, it is copied.

type Values<T> = readonly (T | null)[]

/** For `$n::text[]`. */
export const textArray = (values: Values<string>): Buffer => ofTexts(oids.text, values)

/** JSON texts for `$n::json[]`. */
export const jsonArray = (texts: Values<string>): Buffer => ofTexts(oids.json, texts)

/** For `$n::bytea[]`. */
export function bytesArray(values: Values<Uint8Array>): Buffer {
  return write(
    oids.bytea,
    values,
    (value) => value.length,
    (to, value, at) => to.set(value, at),
  )
}

/** Whole numbers that JavaScript holds exactly, for `$n::bigint[]`. */
export function bigintArray(values: Values<number>): Buffer {
  return write(
    oids.int8,
    values,
    () => 8,
    (to, value, at) => {
      to.writeInt32BE(Math.floor(value / 2 ** 32), at)
      to.writeUInt32BE(value >>> 0, at + 4)
    },
  )
}

/** For `$n::int[]`. */
export function intArray(values: Values<number>): Buffer {
  return write(
    oids.int4,
    values,
    () => 4,
    (to, value, at) => to.writeInt32BE(value, at),
  )
}

/** For `$n::double precision[]`. */
export function doubleArray(values: Values<number>): Buffer {
  return write(
    oids.float8,
    values,
    () => 8,
    (to, value, at) => to.writeDoubleBE(value, at),
  )
}

/** pg_type.oid: the same in every installation. */
const oids = { bytea: 17, int8: 20, int4: 23, text: 25, json: 114, float8: 701 } as const

function ofTexts(oid: number, texts: Values<string>): Buffer {
  return write(
    oid,
    texts,
    (text) => Buffer.byteLength(text),
    (to, text, at) => to.write(text, at),
  )
}

const headBytes = 12
const dimensionBytes = 8
const lengthBytes = 4

function write<T>(
  oid: number,
  values: Values<T>,
  bytesOf: (value: T) => number,
  put: (to: Buffer, value: T, at: number) => void,
): Buffer {
  const sizes = values.map((value) => (value === null ? -1 : bytesOf(value)))
  const elements = sizes.reduce((sum, size) => sum + lengthBytes + Math.max(size, 0), 0)
  const to = Buffer.allocUnsafe(headBytes + (values.length === 0 ? 0 : dimensionBytes) + elements)
  to.writeInt32BE(values.length === 0 ? 0 : 1, 0)
  to.writeInt32BE(sizes.includes(-1) ? 1 : 0, 4)
  to.writeInt32BE(oid, 8)
  if (values.length === 0) return to
  to.writeInt32BE(values.length, headBytes)
  // The number of the first element.
  to.writeInt32BE(1, headBytes + 4)
  let at = headBytes + dimensionBytes
  for (const [index, value] of values.entries()) {
    const size = sizes[index] ?? -1
    to.writeInt32BE(size, at)
    at += lengthBytes
    if (value === null) continue
    put(to, value, at)
    at += size
  }
  return to
}
