const byteOrderMark = '\uFEFF'

/** Saves a table as a file that Excel opens as text: what it would take for a formula is quoted. */
export async function saveCsv(name: string, rows: readonly (readonly string[])[]): Promise<void> {
  const { default: Papa } = await import('papaparse')
  const text = Papa.unparse(
    rows.map((row) => [...row]),
    { escapeFormulae: true },
  )
  const url = URL.createObjectURL(new Blob([byteOrderMark, text], { type: 'text/csv;charset=utf-8' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url))
}
