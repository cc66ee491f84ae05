/** Where Grafana finds the dashboard. */
export const dashboardProvider = `apiVersion: 1
providers:
  - name: Troupe
    folder: Troupe
    type: file
    options: { path: /etc/grafana/dashboards }
`;

/** What Grafana reads metrics and traces from. */
export const datasources = `apiVersion: 1
datasources:
  - name: Prometheus
    uid: prometheus
    type: prometheus
    url: http://prometheus:9090
    isDefault: true
  - name: Jaeger
    uid: jaeger
    type: jaeger
    url: http://jaeger:16686
`;
