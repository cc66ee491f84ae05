const ink = "#5b6470";
const line = "#c3c8ce";

/** How all pictures look. Their ground is their own, so that they can be read on dark pages too. */
export const pictureConfig = {
  background: "#ffffff",
  font: "system-ui, sans-serif",
  padding: 12,
  axis: {
    labelColor: ink,
    titleColor: ink,
    gridColor: "#e6e8eb",
    domainColor: line,
    tickColor: line,
  },
  title: {
    color: "#24292f",
    subtitleColor: ink,
    anchor: "start" as const,
    fontSize: 14,
    offset: 12,
  },
  header: { labelColor: ink },
  legend: { labelColor: ink, titleColor: ink, orient: "top" as const },
  view: { stroke: "transparent" },
};
