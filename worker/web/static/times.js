// Show each time in the reader's zone, with UTC next to it. Without this script the pages show UTC only.
"use strict";
{
  const two = (number) => String(number).padStart(2, "0");
  const day = (year, month, date) => `${year}-${two(month + 1)}-${two(date)}`;
  for (const element of document.querySelectorAll("time[datetime]")) {
    const at = new Date(element.dateTime);
    if (Number.isNaN(at.getTime()) || at.getTimezoneOffset() === 0) continue;
    const local = day(at.getFullYear(), at.getMonth(), at.getDate());
    const utc = day(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate());
    const clock = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())} UTC`;
    element.textContent = `${local} ${two(at.getHours())}:${two(at.getMinutes())}`;
    const aside = document.createElement("span");
    aside.className = "utc";
    aside.textContent = local === utc ? ` (${clock})` : ` (${utc} ${clock})`;
    element.append(aside);
    document.querySelector("#zone").textContent = "times are in your zone, with UTC in brackets";
  }
}
