/** How the page of a report looks, besides what every page has. */
export const reportStyle = `
:root { --accent: #2f6fc4; --kept: #2f8f5b; --repaired: #c98a00; --quarantined: #c4423a; --duplicates: #8a94a0; --card: #f6f7f9; }
@media (prefers-color-scheme: dark) { :root { --accent: #6ea3ec; --kept: #59b583; --repaired: #e0ac3d; --quarantined: #e67a72; --duplicates: #98a2ae; --card: #1e2227; } }
body { max-width: 1040px; overflow-wrap: anywhere; }
th, td { overflow-wrap: normal; max-width: 32ch; vertical-align: top; } td { overflow-wrap: anywhere; min-width: 13ch; } td.number, th.number { min-width: 0; white-space: nowrap; }
.wide { margin: 12px 0; }
.faint { color: var(--faint); font-size: 14px; }
nav ol { display: flex; flex-wrap: wrap; gap: 4px 16px; padding: 0; list-style: none; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(130px, 1fr)); gap: 12px; padding: 0; list-style: none; }
.tiles li { display: grid; padding: 10px 14px; border: 1px solid var(--line); border-radius: 8px; background: var(--card); } .tiles b { font-size: 26px; line-height: 1.3; font-variant-numeric: tabular-nums; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(290px, 100%), 1fr)); gap: 14px; }
.card { padding: 12px 14px; border: 1px solid var(--line); border-radius: 8px; background: var(--card); min-width: 0; }
.card h3 { margin: 0 0 8px; font-size: 16px; } .type { padding: 1px 7px; border: 1px solid var(--line); border-radius: 9px; color: var(--faint); font-size: 12px; font-weight: normal; }
.card dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 2px 10px; margin: 8px 0 0; font-size: 13px; } dt { max-width: 12ch; color: var(--faint); } dd { margin: 0; }
.plot { display: block; width: 100%; height: 64px; border-bottom: 1px solid var(--line); } svg rect { fill: var(--accent); }
.ends { display: flex; justify-content: space-between; margin: 2px 0 0; color: var(--faint); font-size: 12px; }
.bars { margin: 0; padding: 0; list-style: none; font-size: 13px; } .bars li { display: grid; grid-template-columns: minmax(0, 2fr) minmax(0, 3fr) max-content; gap: 8px; align-items: center; }
.bars .name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; } .bar { width: 100%; height: 10px; border-radius: 2px; background: var(--line); }
.parts { display: block; width: 100%; height: 22px; border-radius: 4px; } .legend { display: flex; flex-wrap: wrap; gap: 4px 20px; padding: 0; list-style: none; font-size: 14px; }
.dot { display: inline-block; width: 10px; height: 10px; margin-right: 4px; border-radius: 5px; background: var(--accent); }
svg.kept rect, rect.kept { fill: var(--kept); } .dot.kept { background: var(--kept); }
rect.repaired { fill: var(--repaired); } .dot.repaired { background: var(--repaired); }
rect.quarantined { fill: var(--quarantined); } .dot.quarantined { background: var(--quarantined); }
rect.duplicates { fill: var(--duplicates); } .dot.duplicates { background: var(--duplicates); }
@media (max-width: 480px) { body { padding: 16px 12px 48px; } h1 { font-size: 26px; } }
`;
