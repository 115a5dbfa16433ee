"""What the command check alone needs: filters, reports, mending, memory."""
