// Package parts holds what the panels are built from: the theme, the layouts on
// an 8-point grid, the charts, the forms, and the one door between background
// work and the screen. It knows values, not projects, and decides nothing.
package parts
