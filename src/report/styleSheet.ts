/** The report's own style: no external font or file, legible on a phone, printable. */
export const STYLE = `
:root{--ink:#16202a;--strong:#0b4f6c;--soft:#52606b;--rule:#c8cdd1;--tint:#f2f5f7;--warm:#8a3d0f}
*{box-sizing:border-box}
body{margin:0 auto;max-width:72rem;padding:1.5rem 1.25rem 4rem;font:1rem/1.55 Arial,Helvetica,sans-serif;color:var(--ink);background:#fff;overflow-wrap:break-word}
h1{font-size:2rem;line-height:1.2;margin:.25rem 0 .5rem}
h2{font-size:1.45rem;line-height:1.25;margin:2.5rem 0 .75rem;padding-top:.75rem;border-top:2px solid var(--strong)}
h3{font-size:1.1rem;line-height:1.3;margin:2rem 0 .5rem}
p{margin:.5rem 0;max-width:46rem}
ul,ol{max-width:46rem;padding-left:1.25rem}
li{margin:.3rem 0}
a{color:var(--strong)}
a:focus,summary:focus,input:focus,.scroll:focus,pre:focus{outline:3px solid #e08a00;outline-offset:2px}
code{font-family:ui-monospace,Consolas,monospace;font-size:.92em}
.digest{overflow-wrap:anywhere}
.kicker{color:var(--soft);margin:0;font-weight:bold}
.question{font-size:1.15rem;max-width:46rem}
.by,.small{color:var(--soft)}
.banner{border-left:5px solid var(--strong);background:var(--tint);padding:.6rem .9rem}
.banner.strong{border-color:var(--warm)}
.first{border:2px solid var(--warm);padding:.4rem 1rem;margin:0 0 1rem;max-width:46rem}
.findings{list-style:none;padding:0}
.finding{border-left:5px solid var(--strong);background:var(--tint);padding:.6rem 1rem;margin:0 0 .9rem}
.headline{font-size:1.15rem;font-weight:bold;margin:.2rem 0 .4rem}
.choices-line{border-top:1px solid var(--rule);padding-top:.75rem;color:var(--soft)}
nav ul{columns:2;list-style:none;padding:0}
nav li{margin:0;padding:.15rem 0;break-inside:avoid}
.scroll{position:relative;overflow-x:auto;margin:.75rem 0}
table{border-collapse:separate;border-spacing:0;font-size:.88rem;font-variant-numeric:tabular-nums;width:100%}
th,td{border-bottom:1px solid var(--rule);padding:.35rem .6rem;text-align:left;vertical-align:top}
thead th{border-bottom:2px solid var(--ink);vertical-align:bottom}
tbody th{font-weight:normal;min-width:8.5rem;position:sticky;left:0;background:#fff}
.words td{min-width:12rem}
.words tbody th{font-weight:bold}
th.right,td.right{text-align:right}
td.right{white-space:nowrap}
tr.grey th,tr.grey td{color:var(--soft)}
.absent{color:var(--soft);border-bottom:1px dotted var(--soft)}
.chart{margin:.75rem 0;max-width:33rem}
.chart svg{display:block;width:100%;height:auto}
figcaption{font-size:.88rem;color:var(--soft)}
.flow{list-style:none;padding:0;margin:0}
.flow li{margin:0;padding:.45rem .8rem;display:flex;flex-wrap:wrap;gap:.1rem 1rem;justify-content:space-between}
.flow-stay{border:2px solid var(--strong);background:var(--tint);font-weight:bold}
.flow-loss{border-left:2px dashed var(--soft);margin-left:1.5rem!important}
.flow-n{font-variant-numeric:tabular-nums}
.notes{font-size:.88rem;color:var(--soft)}
.about{font-size:.82rem;color:var(--soft);border-left:3px solid var(--rule);padding-left:.6rem}
.trace{white-space:nowrap}
details{margin:.5rem 0}
summary{cursor:pointer;color:var(--strong);font-weight:bold;padding:.25rem 0}
pre{background:var(--tint);padding:.75rem;overflow-x:auto;font-size:.8rem;counter-reset:line}
.line{display:block;counter-increment:line}
.line::before{content:counter(line);display:inline-block;width:3rem;margin-right:1rem;text-align:right;color:var(--soft)}
.line:target{background:#ffe9b8}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
input[type=search]{font:inherit;padding:.3rem .5rem;border:1px solid var(--soft);max-width:100%}
.hint{display:none}
@media (max-width:40rem){.stacked,.stacked tbody,.stacked tr,.stacked th,.stacked td{display:block;min-width:0}.stacked thead{position:absolute;clip-path:inset(50%)}.stacked tbody th{border:0;padding-bottom:0;position:static}.stacked td{border:0;padding-top:.1rem}.stacked td::before{content:attr(data-of);display:block;color:var(--soft);font-size:.82em}.stacked tr{border-bottom:1px solid var(--rule);padding:.25rem 0}.hint{display:block;font-size:.82rem;color:var(--soft);margin:.25rem 0 0}tbody th{min-width:6.5rem}body{padding:1rem .9rem 3rem}h1{font-size:1.5rem}nav ul{columns:1}.trace{white-space:normal}}
@media print{body{max-width:none;font-size:10pt;padding:0}h2,h3{break-after:avoid}.exhibit,.finding,figure{break-inside:avoid}.scroll{overflow:visible}table{font-size:7.5pt}th,td{padding:.15rem .3rem}nav,.filter{display:none}details:not(.folded)>*{display:block}a{color:inherit;text-decoration:none}}
`;

/** Filters the table of choices, opens the protocol when one of its lines is asked for. Everything works without it. */
export const SCRIPT = `
(() => {
  const open = () => { const at = document.getElementById(location.hash.slice(1)); const box = at && at.closest("details"); if (box) { box.open = true; at.scrollIntoView(); } };
  addEventListener("hashchange", open); open();
  const input = document.getElementById("filter");
  if (!input) return;
  input.parentElement.hidden = false;
  const rows = [...document.querySelectorAll("#choices-table tbody tr")];
  input.addEventListener("input", () => {
    const wanted = input.value.toLowerCase();
    let shown = 0;
    for (const row of rows) { row.hidden = !row.textContent.toLowerCase().includes(wanted); if (!row.hidden) shown++; }
    document.getElementById("filter-count").textContent = shown + " of " + rows.length;
  });
  addEventListener("beforeprint", () => { for (const box of document.querySelectorAll("details:not(.folded)")) box.open = true; });
})();
`;
