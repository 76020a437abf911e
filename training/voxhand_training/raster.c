/* A z-buffer for triangles: what the depth camera of src/synthetic does, for batches of scenes. Compiled by raster.py at first use. */
#include <math.h>
#include <stdint.h>

#define NEAR 0.02f

static void fill(const float (*p)[3], int32_t label, float f, float cx, float cy, int w, int h, float *depth, int32_t *which)
{
    double u[3], v[3], q[3];
    for (int k = 0; k < 3; k++) {
        q[k] = 1.0 / p[k][2];
        u[k] = p[k][0] * q[k] * f + cx;
        v[k] = p[k][1] * q[k] * f + cy;
    }
    double area = (u[1] - u[0]) * (v[2] - v[0]) - (u[2] - u[0]) * (v[1] - v[0]);
    if (area == 0) return;
    double u0 = fmin(u[0], fmin(u[1], u[2])), u1 = fmax(u[0], fmax(u[1], u[2]));
    double v0 = fmin(v[0], fmin(v[1], v[2])), v1 = fmax(v[0], fmax(v[1], v[2]));
    if (u1 < 0 || v1 < 0 || u0 > w - 1 || v0 > h - 1) return;
    int x0 = u0 < 0 ? 0 : (int)ceil(u0), x1 = u1 > w - 1 ? w - 1 : (int)floor(u1);
    int y0 = v0 < 0 ? 0 : (int)ceil(v0), y1 = v1 > h - 1 ? h - 1 : (int)floor(v1);
    double s = 1 / area;
    for (int y = y0; y <= y1; y++) {
        for (int x = x0; x <= x1; x++) {
            double a = ((u[1] - x) * (v[2] - y) - (u[2] - x) * (v[1] - y)) * s;
            double b = ((u[2] - x) * (v[0] - y) - (u[0] - x) * (v[2] - y)) * s;
            double c = 1 - a - b;
            if (a < 0 || b < 0 || c < 0) continue;
            float z = (float)(1 / (a * q[0] + b * q[1] + c * q[2]));
            if (z < depth[y * w + x]) {
                depth[y * w + x] = z;
                which[y * w + x] = label;
            }
        }
    }
}

/* Triangles of one scene: vertices [n][3] metres in the camera's frame, faces [m][3], labels [m]. Triangles that reach behind the camera are
   clipped. `depth` [h * w] holds infinity or what was drawn before, `which` the label of the nearest triangle. */
void raster(const float *vertices, const int32_t *faces, const int32_t *labels, int m, float f, float cx, float cy, int w, int h, float *depth,
            int32_t *which)
{
    for (int i = 0; i < m; i++) {
        float t[3][3], out[4][3];
        int behind = 0;
        for (int k = 0; k < 3; k++) {
            const float *p = vertices + 3 * faces[3 * i + k];
            for (int j = 0; j < 3; j++) t[k][j] = p[j];
            behind += p[2] < NEAR;
        }
        if (behind == 3) continue;
        if (behind == 0) {
            fill(t, labels[i], f, cx, cy, w, h, depth, which);
            continue;
        }
        int n = 0;
        for (int k = 0; k < 3; k++) {
            const float *a = t[k], *b = t[(k + 1) % 3];
            if (a[2] >= NEAR) { for (int j = 0; j < 3; j++) out[n][j] = a[j]; n++; }
            if ((a[2] >= NEAR) != (b[2] >= NEAR)) {
                float s = (NEAR - a[2]) / (b[2] - a[2]);
                for (int j = 0; j < 3; j++) out[n][j] = a[j] + s * (b[j] - a[j]);
                n++;
            }
        }
        for (int k = 1; k + 1 < n; k++) {
            float part[3][3];
            for (int j = 0; j < 3; j++) { part[0][j] = out[0][j]; part[1][j] = out[k][j]; part[2][j] = out[k + 1][j]; }
            fill(part, labels[i], f, cx, cy, w, h, depth, which);
        }
    }
}
