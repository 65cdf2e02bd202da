/** The cells of a CSV or XLSX file as text. Excel in China writes CSV in GB 18030. */
export async function readTable(file: File): Promise<string[][]> {
  const bytes = await file.arrayBuffer()
  const isZip = new Uint8Array(bytes.slice(0, 2)).join() === '80,75'
  return isZip ? readWorkbook(file) : readCsv(bytes)
}

async function readWorkbook(file: File): Promise<string[][]> {
  const { readSheet } = await import('read-excel-file/browser')
  const rows = await readSheet(file)
  return rows.map((row) => row.map((cell) => (cell === null ? '' : String(cell))))
}

async function readCsv(bytes: ArrayBuffer): Promise<string[][]> {
  const { default: Papa } = await import('papaparse')
  return Papa.parse<string[]>(textOf(bytes), { skipEmptyLines: false }).data
}

function textOf(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('gb18030').decode(bytes)
  }
}
