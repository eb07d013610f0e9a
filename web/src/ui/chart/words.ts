/** English; what stands in braces is put in (ICU MessageFormat). */
export const english = {
  asTable: 'Show as table',
  asChart: 'Show as chart',
  asTableWhat: 'Show as table: {title}',
  asChartWhat: 'Show as chart: {title}',
  point: '{name}: {value}',
  value: 'Value',
} as const;
