import { type Draw, drawing } from "../draw.ts";
import type { Cell, Table } from "../table.ts";

/**
 * Tables of a character that files of vega-datasets have not: keys and references, money, contacts, parts and
 * totals, panels, mostly empty columns, long texts. By seed, so that each table is the same in every run.
 */
export const made: Readonly<Record<string, () => Table>> = {
  "orders (made)": orders,
  "accounts (made)": accounts,
  "sensors (made)": sensors,
  "survey, mostly empty (made)": survey,
  "catalogue, long texts (made)": catalogue,
  "ledger, parts and totals (made)": ledger,
  "staff, short (made)": staff,
};

const day = (draw: Draw, from: number, days: number): Date =>
  new Date(from + draw.whole(0, days) * 86_400_000);
const iso = (at: Date): string => at.toISOString().slice(0, 10);
const money = (value: number): string => value.toFixed(2);
const start = Date.UTC(2022, 0, 1);
const places: readonly (readonly [string, string, string])[] = [
  ["Lyon", "France", "69001"],
  ["Paris", "France", "75002"],
  ["Nantes", "France", "44000"],
  ["Porto", "Portugal", "04000"],
  ["Lisbon", "Portugal", "01100"],
  ["Ghent", "Belgium", "09000"],
  ["Antwerp", "Belgium", "02000"],
  ["Turin", "Italy", "10121"],
  ["Bologna", "Italy", "40121"],
  ["Graz", "Austria", "08010"],
  ["Linz", "Austria", "04020"],
  ["São Paulo", "Brazil", "01000"],
];
const given = [
  "Ana",
  "Bruno",
  "Clara",
  "Dario",
  "Elena",
  "Felix",
  "Greta",
  "Hugo",
  "Irene",
  "Jonas",
  "Karin",
  "Luca",
  "Mona",
  "Nils",
  "Olga",
];
const family = [
  "Almeida",
  "Bauer",
  "Costa",
  "Dubois",
  "Ericsson",
  "Ferrari",
  "Gruber",
  "Hansen",
  "Ivanova",
  "Janssens",
  "Klein",
  "Lopes",
  "Moreau",
  "Novak",
  "O'Neill",
  "Peeters",
  "Rossi",
  "Silva",
];

function orders(): Table {
  const draw = drawing(11);
  const products = ["kettle", "toaster", "desk lamp", "office chair", "bookshelf", "wall clock"];
  const prices = [24.9, 39.5, 18.75, 129, 89.99, 15.25];
  const rows = Array.from({ length: 900 }, (_, at): Cell[] => {
    const ordered = day(draw, start + at * 40_000_000, 2);
    const [city, country] = draw.pick(places);
    const product = draw.whole(0, products.length - 1);
    const quantity = draw.whole(1, 9);
    const price = prices[product] ?? 0;
    const shipped = new Date(ordered.getTime() + draw.whole(1, 6) * 86_400_000);
    return [
      `SO-${100_200 + at}`,
      `C${1000 + draw.whole(0, 250)}`,
      iso(ordered),
      iso(shipped),
      products[product] ?? null,
      String(quantity),
      `$${money(price)}`,
      money(quantity * price),
      city,
      country,
      draw.share() < 0.85 ? "delivered" : draw.pick(["returned", "open"]),
    ];
  });
  return {
    names: [
      "order_id",
      "customer_id",
      "ordered_on",
      "shipped_on",
      "product",
      "quantity",
      "unit_price",
      "total",
      "city",
      "country",
      "status",
    ],
    rows,
  };
}

function accounts(): Table {
  const draw = drawing(12);
  const rows = Array.from({ length: 600 }, (_, at): Cell[] => {
    const first = draw.pick(given);
    const last = draw.pick(family);
    const [city, country, code] = draw.pick(places);
    const joined = day(draw, start - 900 * 86_400_000, 1200);
    return [
      String(5001 + at),
      at < 20 ? null : String(5001 + draw.whole(0, 19)),
      `${first} ${last}`,
      `${first.toLowerCase()}.${last.toLowerCase().replace("'", "")}${at}@example.org`,
      `+3${draw.whole(0, 9)} ${draw.whole(100, 999)} ${draw.whole(1000, 9999)}`,
      `https://example.org/people/${5001 + at}`,
      city,
      country,
      code,
      draw.share() < 0.6 ? "true" : "false",
      iso(joined),
      String(draw.whole(18, 82)),
    ];
  });
  return {
    names: [
      "account",
      "referred_by",
      "name",
      "email",
      "phone",
      "page",
      "city",
      "country",
      "postcode",
      "newsletter",
      "joined",
      "age",
    ],
    rows,
  };
}

function sensors(): Table {
  const draw = drawing(13);
  const names = ["attic", "cellar", "garden", "kitchen"];
  const rows = Array.from({ length: 960 }, (_, at): Cell[] => {
    const sensor = at % names.length;
    const hour = Math.floor(at / names.length);
    const time = new Date(start + hour * 3_600_000);
    const celsius = 14 + sensor * 3 + 5 * Math.sin((hour / 24) * 2 * Math.PI) + draw.share();
    return [
      time.toISOString().slice(0, 16),
      names[sensor] ?? null,
      celsius.toFixed(1),
      String(Math.round(70 - celsius + 4 * draw.share())),
      "°C",
    ];
  });
  return { names: ["time", "sensor", "temperature", "humidity", "unit"], rows };
}

function survey(): Table {
  const draw = drawing(14);
  const answers = ["never", "seldom", "often", "always"];
  const names = ["respondent", ...Array.from({ length: 30 }, (_, at) => `q${at + 1}`)];
  const rows = Array.from({ length: 500 }, (_, at): Cell[] => [
    String(at + 1),
    ...Array.from({ length: 30 }, (_, question): Cell => {
      if (draw.share() < 0.5 + question / 70) return null;
      if (question % 5 === 0) return String(draw.whole(1, 10));
      if (question % 7 === 3) return `${draw.whole(0, 100)}%`;
      return draw.pick(answers);
    }),
  ]);
  return { names, rows };
}

function catalogue(): Table {
  const draw = drawing(15);
  const words =
    "light heavy oak steel round square small large folding stacking outdoor indoor painted natural chair table shelf lamp stool bench rack stand".split(
      " ",
    );
  const sentence = (): string => {
    const all = Array.from({ length: draw.whole(5, 14) }, () => draw.pick(words)).join(" ");
    return `${all[0]?.toUpperCase()}${all.slice(1)}.`;
  };
  const rows = Array.from({ length: 400 }, (_, at): Cell[] => [
    `${draw.pick(["CH", "TB", "SH"])}-${String(1000 + at * 3)}-${draw.pick(["A", "B", "C"])}`,
    `${draw.pick(words)} ${draw.pick(words)} ${at}`,
    draw.share() < 0.2 ? `${sentence()}\n${sentence()}` : sentence(),
    draw.share() < 0.3 ? null : sentence(),
    `€${draw.whole(9, 900)},${draw.whole(10, 99)}`,
    `${draw.whole(20, 200)}x${draw.whole(20, 200)}x${draw.whole(2, 90)}`,
    draw.pick(["Wohnen", "Küche", "Büro", "Garten"]),
    `{"stock": ${draw.whole(0, 90)}, "site": "${draw.pick(["north", "south"])}"}`,
  ]);
  return {
    names: ["sku", "title", "description", "notes", "price", "size_cm", "room", "stock"],
    rows,
  };
}

function ledger(): Table {
  const draw = drawing(16);
  const rows = Array.from({ length: 720 }, (_, at): Cell[] => {
    const wages = draw.whole(2000, 90_000);
    const goods = draw.whole(1000, 60_000);
    const income = Math.round((wages + goods) * (0.8 + 0.6 * draw.share()));
    const tax = Math.round(income * 0.2);
    return [
      `${2010 + Math.floor(at / 60)}-${String((Math.floor(at / 5) % 12) + 1).padStart(2, "0")}-01`,
      draw.pick(["north", "south", "east", "west", "centre"]),
      String(wages),
      String(goods),
      String(wages + goods),
      String(income),
      String(tax),
      (tax / income).toFixed(3),
      String(income - tax - wages - goods),
    ];
  });
  return {
    names: ["month", "region", "wages", "goods", "costs", "income", "tax", "tax_rate", "net"],
    rows,
  };
}

function staff(): Table {
  const draw = drawing(17);
  const rows = Array.from({ length: 42 }, (_, at): Cell[] => {
    const [city, country] = draw.pick(places);
    const hired = day(draw, start - 3000 * 86_400_000, 2900);
    return [
      String(at + 1),
      `${draw.pick(given)} ${draw.pick(family)}`,
      city,
      country,
      iso(hired),
      String(draw.whole(28, 95) * 1000),
      draw.pick(["full time", "part time"]),
    ];
  });
  return { names: ["no", "name", "city", "country", "hired", "salary", "contract"], rows };
}
